package io.patchstream.schemas.serde;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Writes the entries of maps by the order of their keys. Avro leaves the order to the map, and so two equal records may
 * have different bytes; here they have the same, which is what a replay is held against.
 */
final class SortedMapWriter<T> extends SpecificDatumWriter<T> {
    private static final Comparator<Map.Entry<Object, Object>> BY_KEY =
            Comparator.comparing(entry -> entry.getKey().toString());

    SortedMapWriter(Schema schema, SpecificData model) {
        super(schema, model);
    }

    @Override
    protected Iterable<Map.Entry<Object, Object>> getMapEntries(Object map) {
        List<Map.Entry<Object, Object>> entries = new ArrayList<>(getMapSize(map));
        super.getMapEntries(map).forEach(entries::add);
        entries.sort(BY_KEY);
        return entries;
    }
}
