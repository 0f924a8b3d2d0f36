package io.patchstream.stream.rules;

import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.settings.LabelRule;
import java.util.ArrayList;
import java.util.List;

/**
 * No alarm is on.
 *
 * @param now the newest time that was seen
 * @param window which of the last pictures show a label, the newest in the lowest bit
 * @param shown those pictures, the oldest first
 * @param since from when on, at each picture, enough of the last ones have shown a label; {@link #NEVER} when they do not
 * @param quietUntil before it, nothing is raised; {@link #NEVER} when that is over
 */
record Watching(long now, long window, List<AlarmPicture> shown, long since, long quietUntil) implements RuleState {
    Watching {
        shown = List.copyOf(shown);
    }

    @Override
    public Step next(LabelRule rule, long time, boolean shows, AlarmPicture picture) {
        long then = Math.max(now, time);
        long bits = (window << 1 | (shows ? 1 : 0)) & (-1L >>> (Long.SIZE - rule.of()));
        List<AlarmPicture> seen = new ArrayList<>(shown);
        if (shows) {
            seen.add(picture);
        }
        List<AlarmPicture> kept = seen.subList(seen.size() - Long.bitCount(bits), seen.size());
        boolean enough = kept.size() >= rule.frames();
        long begun = !enough ? NEVER : since == NEVER ? then : since;
        boolean isQuiet = quietUntil != NEVER && then < quietUntil;
        if (shows && enough && !isQuiet && then - begun >= rule.hold().toMillis()) {
            return new Step(new Raised(then, then, kept), Effect.RAISES, List.copyOf(kept));
        }
        return Step.to(
                bits == 0 && !isQuiet ? NOTHING : new Watching(then, bits, kept, begun, isQuiet ? quietUntil : NEVER));
    }
}
