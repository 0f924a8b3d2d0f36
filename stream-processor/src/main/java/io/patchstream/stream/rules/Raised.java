package io.patchstream.stream.rules;

import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.settings.LabelRule;
import java.util.List;

/**
 * An alarm is on.
 *
 * @param now the newest time that was seen
 * @param last when the last picture came that shows a label
 * @param raisedBy the pictures that raised it, the one that decided last
 */
record Raised(long now, long last, List<AlarmPicture> raisedBy) implements RuleState {
    Raised {
        raisedBy = List.copyOf(raisedBy);
    }

    @Override
    public Step next(LabelRule rule, long time, boolean shows, AlarmPicture picture) {
        long then = Math.max(now, time);
        if (shows) {
            return Step.to(new Raised(then, then, raisedBy));
        } else if (then - last < rule.clearAfter().toMillis()) {
            return Step.to(new Raised(then, last, raisedBy));
        }
        RuleState after = rule.coolDown().isZero()
                ? NOTHING
                : new Watching(then, 0, List.of(), NEVER, then + rule.coolDown().toMillis());
        return new Step(after, Effect.CLEARS, raisedBy);
    }
}
