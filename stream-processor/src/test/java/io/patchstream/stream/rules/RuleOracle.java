package io.patchstream.stream.rules;

import io.patchstream.stream.rules.RuleState.Effect;
import io.patchstream.stream.settings.LabelRule;
import java.util.ArrayList;
import java.util.List;

/** What a rule does, by its definition: looks at all pictures again for each picture, and remembers nothing but what it did. */
public final class RuleOracle {
    /** A picture as a rule sees it. */
    public record Seen(long time, boolean shows) {}

    /** What a picture does; of one that raises, which pictures it was raised by. */
    public record Deed(Effect effect, List<Integer> raisedBy) {}

    private final LabelRule rule;
    private final List<Seen> pictures = new ArrayList<>();
    private final List<Long> clocks = new ArrayList<>();
    private final List<Deed> deeds = new ArrayList<>();

    private RuleOracle(LabelRule rule) {
        this.rule = rule;
    }

    /** What each of a camera's pictures does. */
    public static List<Deed> deeds(LabelRule rule, List<Seen> pictures) {
        RuleOracle oracle = new RuleOracle(rule);
        pictures.forEach(oracle::see);
        return oracle.deeds;
    }

    private void see(Seen picture) {
        int at = pictures.size();
        clocks.add(isForgotten(at) ? picture.time() : Math.max(clocks.get(at - 1), picture.time()));
        pictures.add(picture);
        deeds.add(deed(at));
    }

    private Deed deed(int at) {
        long clock = clocks.get(at);
        if (isOn(at)) {
            boolean clears = !pictures.get(at).shows()
                    && clock - clocks.get(lastShown(at)) >= rule.clearAfter().toMillis();
            return new Deed(clears ? Effect.CLEARS : Effect.NONE, List.of());
        }
        int cleared = lastDeed(Effect.CLEARS, at);
        int first = cleared + 1;
        boolean raises = pictures.get(at).shows()
                && shown(first, at).size() >= rule.frames()
                && clock - clocks.get(heldSince(first, at)) >= rule.hold().toMillis()
                && !isQuiet(cleared, at);
        return raises ? new Deed(Effect.RAISES, shown(first, at)) : new Deed(Effect.NONE, List.of());
    }

    /** Whether an alarm is on when picture {@code at} comes. */
    private boolean isOn(int at) {
        return lastDeed(Effect.RAISES, at) > lastDeed(Effect.CLEARS, at);
    }

    private int lastDeed(Effect effect, int before) {
        for (int i = before - 1; i >= 0; i--) {
            if (deeds.get(i).effect() == effect) {
                return i;
            }
        }
        return -1;
    }

    private int lastShown(int at) {
        int last = at;
        while (!pictures.get(last).shows()) {
            last--;
        }
        return last;
    }

    /** Those of the last pictures up to {@code at} that show a label; none before {@code first}. */
    private List<Integer> shown(int first, int at) {
        List<Integer> shown = new ArrayList<>();
        for (int i = Math.max(first, at - rule.of() + 1); i <= at; i++) {
            if (pictures.get(i).shows()) {
                shown.add(i);
            }
        }
        return shown;
    }

    /** The first picture of those up to {@code at} at each of which enough of the last ones show a label. */
    private int heldSince(int first, int at) {
        int since = at;
        while (since > first && shown(first, since - 1).size() >= rule.frames()) {
            since--;
        }
        return since;
    }

    /** Whether an alarm that picture {@code cleared} ended, if there was one, has not cooled down at picture {@code at}. */
    private boolean isQuiet(int cleared, int at) {
        if (cleared < 0) {
            return false;
        }
        long until = clocks.get(cleared) + rule.coolDown().toMillis();
        return clocks.subList(cleared, at + 1).stream().noneMatch(clock -> clock >= until);
    }

    /** Whether nothing before picture {@code at} matters to it. */
    private boolean isForgotten(int at) {
        if (at == 0) {
            return true;
        }
        int cleared = lastDeed(Effect.CLEARS, at);
        return !isOn(at) && shown(cleared + 1, at - 1).isEmpty() && !isQuiet(cleared, at - 1);
    }
}
