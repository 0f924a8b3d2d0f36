package io.patchstream.stream.rules;

import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.settings.LabelRule;
import java.util.List;

/**
 * What a rule remembers of a camera; each picture of the camera takes it to the next. Time is that of the records and never
 * goes back: a picture that is older than one which is remembered counts as of that one's time.
 */
public sealed interface RuleState permits Watching, Raised {
    /** A time that does not matter. */
    long NEVER = Long.MIN_VALUE;

    /** Nothing is remembered. */
    RuleState NOTHING = new Watching(NEVER, 0, List.of(), NEVER, NEVER);

    /** What a picture does. */
    enum Effect {
        NONE,
        RAISES,
        CLEARS
    }

    /**
     * After a picture.
     *
     * @param state what is remembered from now on
     * @param effect what the picture does
     * @param raisedBy the pictures that raised the alarm which begins or ends; empty without an effect
     */
    record Step(RuleState state, Effect effect, List<AlarmPicture> raisedBy) {
        static Step to(RuleState state) {
            return new Step(state, Effect.NONE, List.of());
        }
    }

    /**
     * A picture comes.
     *
     * @param time its record's, in milliseconds
     * @param shows whether it shows one of the rule's labels
     */
    Step next(LabelRule rule, long time, boolean shows, AlarmPicture picture);

    /** The pictures that raised the alarm which is on; empty when none is. */
    default List<AlarmPicture> raisedBy() {
        return List.of();
    }
}
