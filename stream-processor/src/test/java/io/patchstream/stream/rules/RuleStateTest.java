package io.patchstream.stream.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.rules.RuleOracle.Deed;
import io.patchstream.stream.rules.RuleOracle.Seen;
import io.patchstream.stream.rules.RuleState.Step;
import io.patchstream.stream.settings.LabelRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RuleStateTest {
    private static final long RULE = 42;

    private static LabelRule rule(int frames, int of, int hold, int clearAfter, int coolDown) {
        return new LabelRule(
                "r",
                List.of("*"),
                List.of("cat"),
                0.5,
                frames,
                of,
                Duration.ofSeconds(hold),
                Duration.ofSeconds(clearAfter),
                Duration.ofSeconds(coolDown));
    }

    private static AlarmPicture picture(int number) {
        return new AlarmPicture(
                "frame-ü" + number,
                number % 3,
                Instant.EPOCH.plusSeconds(number),
                "cat",
                0.9f,
                "m",
                "ab",
                "frames",
                3,
                (long) number);
    }

    private static List<Deed> run(LabelRule rule, List<Seen> pictures) {
        List<Deed> deeds = new ArrayList<>();
        RuleState state = RuleState.NOTHING;
        for (int i = 0; i < pictures.size(); i++) {
            Step step = state.next(rule, pictures.get(i).time(), pictures.get(i).shows(), picture(i));
            deeds.add(new Deed(
                    step.effect(),
                    step.effect() == RuleState.Effect.RAISES
                            ? step.raisedBy().stream()
                                    .map(raisedBy -> (int) raisedBy.getSourceOffset())
                                    .toList()
                            : List.of()));
            // As a store would give it back.
            state = RuleMemory.of(new RuleMemory(RULE, step.state()).toBytes()).state();
            assertThat(state).isEqualTo(step.state());
        }
        return deeds;
    }

    /** A picture a second, {@code x} shows the label; R and C where the alarm is raised and cleared. */
    private static String run(LabelRule rule, String pictures) {
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < pictures.length(); i++) {
            seen.add(new Seen(1000L * i, pictures.charAt(i) == 'x'));
        }
        return run(rule, seen).stream()
                .map(deed -> deed.effect().name().substring(0, 1).replace('N', '.'))
                .collect(Collectors.joining());
    }

    @Test
    void shouldRaiseOnceWhenSoManyOfTheLastShowIt() {
        assertThat(run(rule(3, 5, 0, 60, 0), "x..x...x.xx-xxxx")).isEqualTo("..........R.....");
        assertThat(run(rule(64, 64, 0, 60, 0), "x".repeat(65))).isEqualTo(".".repeat(63) + "R.");
    }

    @Test
    void shouldRaiseWhenThatHasBeenSoForSomeTime() {
        assertThat(run(rule(1, 1, 3, 60, 0), "xxx.xxxxx")).isEqualTo(".......R.");
        // Two of the last three, from the second picture on.
        assertThat(run(rule(2, 3, 4, 60, 0), "xx.xx.x")).isEqualTo("......R");
    }

    @Test
    void shouldClearWhenItWasAbsentForLongEnoughAndNotBefore() {
        assertThat(run(rule(1, 1, 0, 3, 0), "x..x...x")).isEqualTo("R.....CR");
    }

    @Test
    void shouldCountFromTheBeginningAfterItWasCleared() {
        assertThat(run(rule(2, 4, 0, 1, 0), "xx.x.xx")).isEqualTo(".RC..R.");
    }

    @Test
    void shouldNotRaiseAgainBeforeItHasCooledDown() {
        assertThat(run(rule(1, 1, 0, 1, 3), "x.xxxx")).isEqualTo("RC..R.");
    }

    @Test
    void shouldForgetWhatDoesNotMatterAnyMore() {
        LabelRule rule = rule(2, 2, 0, 1, 1);
        RuleState seen = RuleState.NOTHING.next(rule, 0, true, picture(0)).state();
        RuleState gone = seen.next(rule, 1000, false, picture(1))
                .state()
                .next(rule, 2000, false, picture(2))
                .state();

        assertThat(seen).isNotEqualTo(RuleState.NOTHING);
        assertThat(gone).isEqualTo(RuleState.NOTHING);
    }

    @Test
    void shouldNeverLetTimeGoBack() {
        LabelRule rule = rule(1, 1, 0, 5, 0);
        List<Seen> pictures = List.of(
                new Seen(10_000, true),
                new Seen(14_000, false),
                new Seen(9_000, true),
                new Seen(18_900, false),
                new Seen(19_000, false));

        // The third counts as of 14 s, so that 5 s are over at 19 s.
        assertThat(run(rule, pictures).stream().map(Deed::effect).map(Enum::name))
                .containsExactly("RAISES", "NONE", "NONE", "NONE", "CLEARS");
    }

    @Property(tries = 3000)
    void shouldDoWhatTheDefinitionSays(
            @ForAll @IntRange(min = 1, max = 4) int frames,
            @ForAll @IntRange(min = 0, max = 3) int more,
            @ForAll @IntRange(min = 0, max = 4) int hold,
            @ForAll @IntRange(min = 0, max = 5) int clearAfter,
            @ForAll @IntRange(min = 0, max = 6) int coolDown,
            @ForAll @Size(min = 10, max = 60) List<@IntRange(min = 0, max = 23) Integer> steps) {
        LabelRule rule = rule(frames, frames + more, hold, clearAfter, coolDown);
        List<Seen> pictures = new ArrayList<>();
        long time = 0;
        for (int step : steps) {
            // Now and then back.
            time += 1000L * (step / 2 % 6 - 2);
            pictures.add(new Seen(time, step % 2 == 1));
        }

        assertThat(run(rule, pictures)).isEqualTo(RuleOracle.deeds(rule, pictures));
    }

    @Test
    void shouldRefuseWhatAnotherReleaseWrote() {
        byte[] stored = new RuleMemory(RULE, RuleState.NOTHING).toBytes();
        stored[0] = 9;

        assertThatThrownBy(() -> RuleMemory.of(stored)).hasMessageContaining("form 9");
    }
}
