package io.patchstream.stream.flight;

import static java.util.Objects.requireNonNull;

import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.Prediction;
import java.util.function.Consumer;

/** What the model says of one picture of a batch: a prediction, or that this picture has none. */
public sealed interface PictureAnswer {

    /** Gives the case that holds to its consumer. */
    void accept(Consumer<Prediction> predicted, Consumer<FrameOutcome.Rejected> refused);

    /** The model's answer. */
    record Predicted(Prediction prediction) implements PictureAnswer {
        public Predicted {
            requireNonNull(prediction, "prediction");
        }

        @Override
        public void accept(Consumer<Prediction> predicted, Consumer<FrameOutcome.Rejected> refused) {
            predicted.accept(prediction);
        }
    }

    /** The model gave no usable answer for this picture. */
    record Refused(FrameOutcome.Rejected reason) implements PictureAnswer {
        public Refused {
            requireNonNull(reason, "reason");
        }

        @Override
        public void accept(Consumer<Prediction> predicted, Consumer<FrameOutcome.Rejected> refused) {
            refused.accept(reason);
        }
    }
}
