package io.patchstream.examples;

import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import java.time.Instant;
import java.util.List;

/** Answers as a processor writes them. */
final class Answers {
    private Answers() {}

    static Classification of(String camera, String label, float probability) {
        return Classification.newBuilder()
                .setFrameId("frame of " + camera)
                .setCameraId(camera)
                .setSequence(7)
                .setCapturedAt(Instant.parse("2026-11-23T04:00:00.123456Z"))
                .setTopK(List.of(new LabelScore(label, 3, probability), new LabelScore("other", 5, 1 - probability)))
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
}
