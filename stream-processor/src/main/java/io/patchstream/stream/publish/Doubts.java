package io.patchstream.stream.publish;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Doubt;
import io.patchstream.schemas.DoubtKind;
import io.patchstream.schemas.LabelScore;
import java.util.ArrayList;
import java.util.List;

/**
 * What makes an answer uncertain.
 *
 * @param probability the least that the best label should have; 0 asks for nothing
 * @param margin the least that the best label should be ahead of the second; 0 asks for nothing
 * @param set whether the conformal set should have just one label
 * @param distance the percentage of known pictures that the picture should not be farther than; 0 asks for nothing
 */
public record Doubts(double probability, double margin, boolean set, double distance) {
    private static final int ONE_LABEL = 1;

    /**
     * The rules that {@code answer} breaks. A model with one label has no second, and so no margin; one that does not tell sets
     * or distances breaks none of these: where they are asked for, such a model is refused.
     */
    public List<Doubt> of(Classification answer) {
        List<Doubt> doubts = new ArrayList<>(4);
        List<LabelScore> best = answer.getTopK();
        float first = best.get(0).getProbability();
        if (first < probability) {
            doubts.add(new Doubt(DoubtKind.PROBABILITY, first, probability));
        }
        if (best.size() > 1) {
            float ahead = first - best.get(1).getProbability();
            if (ahead < margin) {
                doubts.add(new Doubt(DoubtKind.MARGIN, ahead, margin));
            }
        }
        Integer labels = answer.getSetSize();
        if (set && labels != null && labels != ONE_LABEL) {
            doubts.add(new Doubt(DoubtKind.SET, (float) labels, (double) ONE_LABEL));
        }
        Double beyond = answer.getDistanceBeyond();
        if (distance > 0 && beyond != null && beyond >= distance) {
            doubts.add(new Doubt(DoubtKind.DISTANCE, beyond.floatValue(), distance));
        }
        return doubts;
    }
}
