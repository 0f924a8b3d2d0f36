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
 */
public record Doubts(double probability, double margin) {
    /** The rules that {@code answer} breaks; a model with one label has no second, and so no margin. */
    public List<Doubt> of(Classification answer) {
        List<Doubt> doubts = new ArrayList<>(2);
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
        return doubts;
    }
}
