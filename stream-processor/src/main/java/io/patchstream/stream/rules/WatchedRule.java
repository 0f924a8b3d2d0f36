package io.patchstream.stream.rules;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.LabelScore;
import io.patchstream.stream.settings.LabelRule;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A rule with what is worked out of it once.
 *
 * @param rule the rule
 * @param cameras which cameras it is for
 * @param labels one of them is enough
 * @param probability the least that a label must have
 * @param fingerprint of the rule
 */
public record WatchedRule(LabelRule rule, Pattern cameras, Set<String> labels, float probability, long fingerprint) {
    /** Works it out. The probability as a float, so that 0.7 is at least 0.7. */
    public WatchedRule(LabelRule rule) {
        this(rule, rule.cameraPattern(), Set.copyOf(rule.labels()), (float) rule.probability(), rule.fingerprint());
    }

    public boolean isFor(String camera) {
        return cameras.matcher(camera).matches();
    }

    /** The best of the rule's labels that the picture shows. */
    public Optional<LabelScore> shownBy(Classification label) {
        return label.getTopK().stream()
                .filter(score -> score.getProbability() >= probability && labels.contains(score.getLabel()))
                .findFirst();
    }
}
