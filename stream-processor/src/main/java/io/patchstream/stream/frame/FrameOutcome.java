package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Function;

/** What became of a frame: the answer for each of its pictures, or why there is none. */
public sealed interface FrameOutcome {

    /** The value for the case that holds. */
    <T> T fold(Function<Classified, T> classified, Function<Rejected, T> rejected, Function<Dropped, T> dropped);

    /**
     * The model answered.
     *
     * @param head the frame
     * @param pictures one prediction per picture, in order; at least one
     */
    record Classified(FrameHead head, List<Prediction> pictures) implements FrameOutcome {
        public Classified {
            requireNonNull(head, "head");
            pictures = List.copyOf(pictures);
            if (pictures.isEmpty()) {
                throw new IllegalArgumentException("frame " + head.frameId() + " was classified without a picture");
            }
        }

        @Override
        public <T> T fold(
                Function<Classified, T> classified, Function<Rejected, T> rejected, Function<Dropped, T> dropped) {
            return classified.apply(this);
        }
    }

    /**
     * The frame is at fault: it becomes a dead letter.
     *
     * @param stage where it failed
     * @param code a short stable name of the reason, such as {@code TRUNCATED}
     * @param message the value, the rule and the way out
     */
    record Rejected(Stage stage, String code, String message) implements FrameOutcome {
        public Rejected {
            requireNonNull(stage, "stage");
            requireNonNull(code, "code");
            requireNonNull(message, "message");
        }

        @Override
        public <T> T fold(
                Function<Classified, T> classified, Function<Rejected, T> rejected, Function<Dropped, T> dropped) {
            return rejected.apply(this);
        }
    }

    /**
     * The frame was left out on purpose: its input's overload policy says so.
     *
     * @param reason why
     */
    record Dropped(DropReason reason) implements FrameOutcome {
        public Dropped {
            requireNonNull(reason, "reason");
        }

        @Override
        public <T> T fold(
                Function<Classified, T> classified, Function<Rejected, T> rejected, Function<Dropped, T> dropped) {
            return dropped.apply(this);
        }
    }
}
