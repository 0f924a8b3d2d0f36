package io.patchstream.stream.index;

import io.patchstream.schemas.Embedding;
import io.patchstream.stream.publish.SourcePosition;
import java.time.Instant;

/**
 * One picture as one model sees it.
 *
 * @param id the point's id, which is its record's key
 * @param vector where it lies
 * @param camera its camera
 * @param frame its frame record's id
 * @param picture which picture of the frame record, from 0
 * @param capturedAt when it was taken
 * @param label its most probable label
 * @param probability the label's probability, 0 to 1
 * @param model the model's name
 * @param modelSha256 the model's SHA-256: points of one digest may be compared
 * @param source where its frame was read
 */
public record Point(
        String id,
        UnitVector vector,
        String camera,
        String frame,
        int picture,
        Instant capturedAt,
        String label,
        float probability,
        String model,
        String modelSha256,
        SourcePosition source) {

    /**
     * The point of a record.
     *
     * @throws IllegalArgumentException when its vector has no direction
     */
    public static Point of(Embedding record) {
        return new Point(
                record.getId(),
                UnitVector.of(record.getVector()),
                record.getPayload().getCamera(),
                record.getPayload().getFrame(),
                record.getPayload().getPicture(),
                record.getPayload().getCapturedAt(),
                record.getPayload().getLabel(),
                record.getPayload().getProbability(),
                record.getModel(),
                record.getLineage().getModelSha256(),
                new SourcePosition(
                        record.getLineage().getSourceTopic(),
                        record.getLineage().getSourcePartition(),
                        record.getLineage().getSourceOffset()));
    }
}
