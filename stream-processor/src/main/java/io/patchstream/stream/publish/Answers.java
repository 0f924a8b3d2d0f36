package io.patchstream.stream.publish;

import static java.util.Objects.requireNonNull;

import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.EmbeddingLineage;
import io.patchstream.schemas.EmbeddingPayload;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import io.patchstream.schemas.PointIds;
import io.patchstream.stream.frame.Confidence;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.ServedModel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * A model's answers as the wire's records: equal input, equal records. Lineage names the model that made each prediction,
 * not the one that is being served now. One per task, used by its stream thread.
 */
public final class Answers {
    private final String collection;

    /** The last model met and its preprocessing's hash, which is too dear to compute for each picture. */
    private ServedModel hashed;

    private String preprocessing;

    /**
     * Answers for one collection.
     *
     * @param collection the vector store's collection that embeddings name
     */
    public Answers(String collection) {
        this.collection = requireNonNull(collection, "collection");
    }

    /** The answer for picture {@code picture} of a frame that was read at {@code source}. */
    public Classification classification(Classified frame, int picture, SourcePosition source) {
        FrameHead head = frame.head();
        Prediction prediction = frame.pictures().get(picture);
        ServedModel model = prediction.model();
        List<LabelScore> topK = prediction.topK().stream()
                .map(score -> new LabelScore(label(model, score), score.index(), score.probability()))
                .toList();
        AnswerLineage lineage = new AnswerLineage(
                model.contract().name(),
                model.sha256(),
                preprocessing(model),
                model.engine(),
                source.topic(),
                source.partition(),
                source.offset(),
                Origin.INFERRED,
                null);
        Confidence confidence = prediction.confidence();
        return new Classification(
                head.frameId(),
                head.cameraId(),
                picture,
                head.sequence() + picture,
                capturedAt(head),
                topK,
                lineage,
                head.attributes(),
                confidence.setSize().isPresent() ? confidence.setSize().getAsInt() : null,
                confidence.distance().map(Confidence.Distance::squared).orElse(null),
                confidence.distance().map(Confidence.Distance::beyond).orElse(null));
    }

    /** Picture {@code picture} of a frame that was read at {@code source}, as a point for a vector store. */
    public Embedding embedding(Classified frame, int picture, SourcePosition source) {
        FrameHead head = frame.head();
        Prediction prediction = frame.pictures().get(picture);
        ServedModel model = prediction.model();
        Score best = prediction.topK().get(0);
        EmbeddingPayload payload = new EmbeddingPayload(
                head.cameraId(), head.frameId(), picture, capturedAt(head), label(model, best), best.probability());
        EmbeddingLineage lineage = new EmbeddingLineage(
                model.sha256(),
                preprocessing(model),
                model.engine(),
                source.topic(),
                source.partition(),
                source.offset());
        return new Embedding(
                collection,
                PointIds.of(head.cameraId(), head.frameId(), picture, model.sha256())
                        .toString(),
                new Vector(prediction),
                prediction.dim(),
                model.contract().name(),
                payload,
                lineage);
    }

    private String preprocessing(ServedModel model) {
        if (!model.equals(hashed)) {
            preprocessing = model.contract().preprocessing().sha256();
            hashed = model;
        }
        return preprocessing;
    }

    private static String label(ServedModel model, Score score) {
        return model.contract().labels().get(score.index());
    }

    private static Instant capturedAt(FrameHead head) {
        return Instant.EPOCH.plus(head.capturedAtMicros(), ChronoUnit.MICROS);
    }

    /** A prediction's embedding as Avro wants it, boxed only while it is written. */
    private static final class Vector extends AbstractList<Float> implements RandomAccess {
        private final Prediction prediction;

        Vector(Prediction prediction) {
            this.prediction = prediction;
        }

        @Override
        public Float get(int i) {
            return prediction.embedding(i);
        }

        @Override
        public int size() {
            return prediction.dim();
        }
    }
}
