package io.patchstream.schemas.serde;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * A registry in this object's memory, for one process that writes and reads: tests of a topology, a tool without Kafka.
 * It gives ids from 1 and, unlike a real one, takes any schema without holding it against the earlier ones.
 */
public final class InMemorySchemaRegistry implements SchemaRegistry {
    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> idsBySubject = new HashMap<>();

    @Override
    public synchronized int register(String subject, Schema schema, boolean normalize) {
        int known = schemas.indexOf(schema) + 1;
        if (known == 0) {
            schemas.add(schema);
        }
        int id = known == 0 ? schemas.size() : known;
        List<Integer> ids = idsBySubject.computeIfAbsent(subject, name -> new ArrayList<>());
        if (!ids.contains(id)) {
            ids.add(id);
        }
        return id;
    }

    @Override
    public synchronized int idOf(String subject, Schema schema, boolean normalize) {
        int id = schemas.indexOf(schema) + 1;
        if (!idsBySubject.getOrDefault(subject, List.of()).contains(id)) {
            throw new SchemaRegistryException(
                    SchemaRegistryException.UNKNOWN_SCHEMA,
                    "subject " + subject + " has no schema " + schema.getFullName() + " like this one");
        }
        return id;
    }

    @Override
    public synchronized RegisteredSchema latest(String subject) {
        List<Integer> ids = idsBySubject.get(subject);
        if (ids == null) {
            throw new SchemaRegistryException(40401, "subject " + subject + " is not known");
        }
        int id = ids.get(ids.size() - 1);
        return new RegisteredSchema(id, schemas.get(id - 1));
    }

    @Override
    public synchronized Schema byId(int id) {
        if (id < 1 || id > schemas.size()) {
            throw new SchemaRegistryException(
                    SchemaRegistryException.UNKNOWN_SCHEMA,
                    "schema id " + id + " is not known to the registry in memory");
        }
        return schemas.get(id - 1);
    }
}
