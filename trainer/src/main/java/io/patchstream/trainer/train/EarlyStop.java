package io.patchstream.trainer.train;

import io.patchstream.trainer.distributed.Collective;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Whether a training still gets better on what is held out, as part of the state that it saves.
 *
 * @param patience evaluations in a row that may be no better than the best; 0 for all
 * @param best the best share of pictures named rightly; below 0 before the first evaluation
 * @param since evaluations after the best
 */
record EarlyStop(int patience, double best, int since) {
    private static final String BEST = "early-stop-best";
    private static final String SINCE = "early-stop-since";

    /** As a saved state's notes have it; at the beginning where they have nothing. */
    static EarlyStop of(int patience, Map<String, String> notes) {
        return new EarlyStop(
                patience,
                Double.parseDouble(notes.getOrDefault(BEST, "-1")),
                Integer.parseInt(notes.getOrDefault(SINCE, "0")));
    }

    /** After one more evaluation. */
    EarlyStop after(double score) {
        return score > best ? new EarlyStop(patience, score, 0) : new EarlyStop(patience, best, since + 1);
    }

    /** Whether it takes part at all. */
    boolean asked() {
        return patience > 0;
    }

    /** Whether the last evaluation was the best. */
    boolean bettered() {
        return since == 0;
    }

    /** Whether it is time to stop. */
    boolean over() {
        return asked() && since >= patience;
    }

    Map<String, String> notes() {
        return asked() ? Map.of(BEST, Double.toString(best), SINCE, Integer.toString(since)) : Map.of();
    }

    /** What rank 0, which alone evaluates, says to all. */
    boolean agreed(Collective collective) {
        if (collective.rank().worldSize() == 1) {
            return over();
        }
        try (PointerScope scope = new PointerScope()) {
            FloatPointer said = new FloatPointer(over() ? 1f : 0f);
            Tensor shared = torch.from_blob(said, new long[] {1}, new TensorOptions(torch.ScalarType.Float))
                    .clone();
            collective.broadcast(shared);
            return shared.item_float() > 0;
        }
    }
}
