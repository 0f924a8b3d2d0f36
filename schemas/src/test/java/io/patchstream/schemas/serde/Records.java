package io.patchstream.schemas.serde;

import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Records that the tests write and read. */
final class Records {
    /** The record of the golden bytes. */
    static final Schema TAG = new Schema.Parser()
            .parse("{\"type\":\"record\",\"name\":\"Tag\",\"namespace\":\"test\",\"fields\":["
                    + "{\"name\":\"label\",\"type\":\"string\"},{\"name\":\"score\",\"type\":\"float\"},"
                    + "{\"name\":\"emb\",\"type\":{\"type\":\"array\",\"items\":\"float\"}}]}");

    private Records() {}

    static GenericRecord tag() {
        GenericRecord tag = new GenericData.Record(TAG);
        tag.put("label", "cat");
        tag.put("score", 0.5f);
        tag.put("emb", List.of(1f, 2f));
        return tag;
    }

    static Frame frame(byte[] picture) {
        return Frame.newBuilder()
                .setFrameId("f-1")
                .setCameraId("door")
                .setSequence(7)
                .setCapturedAt(Instant.parse("2026-11-23T04:00:00.123456Z"))
                .setEncoding(Encoding.JPEG)
                .setPayload(ByteBuffer.wrap(picture))
                .setAttributes(Map.of("truth", "cat"))
                .build();
    }

    static Classification classification() {
        return Classification.newBuilder()
                .setFrameId("f-1")
                .setCameraId("door")
                .setSequence(7)
                .setCapturedAt(Instant.parse("2026-11-23T04:00:00.123456Z"))
                .setTopK(List.of(new LabelScore("cat", 3, 0.75f), new LabelScore("dog", 5, 0.25f)))
                .setLineage(AnswerLineage.newBuilder()
                        .setModel("demo")
                        .setModelSha256("aa".repeat(32))
                        .setPreprocessingSha256("bb".repeat(32))
                        .setEngine("test")
                        .setSourceTopic("patchstream.frames")
                        .setSourcePartition(2)
                        .setSourceOffset(41)
                        .setOrigin(Origin.INFERRED)
                        .build())
                .build();
    }

    /** A copy of a schema with text replaced, as a later or an earlier version of it. */
    static Schema changed(Schema schema, String what, String by) {
        String text = schema.toString();
        if (!text.contains(what)) {
            throw new IllegalArgumentException(text + " holds no " + what);
        }
        return new Schema.Parser().parse(text.replace(what, by));
    }
}
