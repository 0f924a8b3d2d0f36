package io.patchstream.stream.rules;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.LabelScore;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.rules.RuleState.Effect;
import io.patchstream.stream.rules.RuleState.Step;
import java.util.Optional;

/** A rule over a camera's labels as they lie on their topic, one after the other: the way of the processor, gone again. */
public final class RuleWalk {
    private final WatchedRule rule;
    private RuleState state = RuleState.NOTHING;

    public RuleWalk(WatchedRule rule) {
        this.rule = rule;
    }

    /**
     * The alarm that the next label decides; empty where it decides none.
     *
     * @param timestamp of the label's record
     */
    public Optional<Alarm> next(Classification label, long timestamp) {
        Optional<LabelScore> shown = rule.shownBy(label);
        AlarmPicture picture = Alarms.picture(label, shown);
        Step step = state.next(rule.rule(), timestamp, shown.isPresent(), picture);
        state = step.state();
        String name = rule.rule().name();
        if (step.effect() == Effect.NONE) {
            return Optional.empty();
        }
        return Optional.of(
                step.effect() == Effect.RAISES
                        ? Alarms.raised(name, label.getCameraId(), step.raisedBy())
                        : Alarms.cleared(name, label.getCameraId(), step.raisedBy(), Optional.of(picture)));
    }
}
