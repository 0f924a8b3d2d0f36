package io.patchstream.stream.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleSettingsTest {
    @TempDir
    private Path folder;

    private Settings settings(String... lines) throws Exception {
        Path file = folder.resolve("rules.properties");
        Files.write(file, List.of(lines));
        return Settings.of(Map.of("rules.file", file.toString()));
    }

    @Test
    void shouldReadRulesWithTheirDefaults() throws Exception {
        Settings settings = settings(
                "rule.aisle.labels=forklift, pallet jack",
                "rule.aisle.cameras=aisle-*,dock",
                "rule.aisle.frames=3",
                "rule.aisle.of=5",
                "rule.aisle.clear.after=2m",
                "rule.cat.labels=cat");

        assertThat(settings.rules().rules())
                .containsExactly(
                        new LabelRule(
                                "aisle",
                                List.of("aisle-*", "dock"),
                                List.of("forklift", "pallet jack"),
                                0.5,
                                3,
                                5,
                                Duration.ZERO,
                                Duration.ofMinutes(2),
                                Duration.ZERO),
                        new LabelRule(
                                "cat",
                                List.of("*"),
                                List.of("cat"),
                                0.5,
                                1,
                                1,
                                Duration.ZERO,
                                Duration.ofSeconds(10),
                                Duration.ZERO));
        assertThat(settings.rules().rules().get(0).cameraPattern().asMatchPredicate())
                .accepts("aisle-7", "dock")
                .rejects("dock-1", "an aisle-7");
    }

    /** A task that comes later goes by the same rules. */
    @Test
    void shouldReadTheFileOnceWhateverBecomesOfIt() throws Exception {
        Settings settings = settings("rule.cat.labels=cat");
        Settings same = settings("rule.cat.labels=cat");
        List<LabelRule> before = settings.rules().rules();
        Files.writeString(folder.resolve("rules.properties"), "rule.dog.labels=dog");

        assertThat(settings.rules().rules()).isEqualTo(before);
        settings.rules().check(List.of("cat"));
        assertThat(settings.rules())
                .isEqualTo(same.rules())
                .isNotEqualTo(settings("rule.dog.labels=dog").rules());
        assertThat(Settings.of(Map.of()).rules().isOn()).isFalse();

        Files.delete(folder.resolve("rules.properties"));

        assertThat(settings.rules().isOn()).isTrue();
        assertThat(settings.rules().rules()).isEqualTo(before);
    }

    @Test
    void shouldTellOfAllThatIsWrongAtOnce() {
        SettingsException wrong = catchThrowableOfType(
                SettingsException.class,
                () -> settings(
                        "rule.a.labels=cat",
                        "rule.a.probabilty=0.9",
                        "rule.b.frames=7",
                        "rule.b.of=5",
                        "rule.c.labels=dog",
                        "rule.c.hold=soon",
                        "rule.c.of=65.5",
                        "rule.d.labels=fork \"lift",
                        "rule.e.labels=cat",
                        "rule.e.clear.after=9000h",
                        "cat=dog"));

        assertThat(wrong.problems())
                .hasSize(8)
                .anyMatch(problem -> problem.contains("did you mean rule.a.probability?"))
                .contains("rule.b.labels is empty; it must be a list of labels")
                .contains("rule.b.frames is 7; it must be 1 to rule.b.of, which is 5")
                .anyMatch(problem -> problem.startsWith("rule.c.hold is 'soon'; it must be a duration"))
                .anyMatch(problem -> problem.startsWith("rule.c.of is '65.5'; it must be a whole number"))
                .anyMatch(problem -> problem.startsWith("rule.d.labels is 'fork \"lift'; it must be a list"))
                .contains("rule.e.clear.after is 9000h; it must be 0s to 8784h")
                .anyMatch(problem -> problem.startsWith("cat ("));
    }

    @Test
    void shouldTakeLabelsWithCommasInQuotes() throws Exception {
        assertThat(settings("rule.fish.labels=\"tench, Tinca tinca\", goldfish ,, \"shark\"")
                        .rules()
                        .rules()
                        .get(0)
                        .labels())
                .containsExactly("tench, Tinca tinca", "goldfish", "shark");
    }

    @Test
    void shouldTellLabelsThatAreNotKnownWithAllElse() throws Exception {
        Path file = folder.resolve("rules.properties");
        Files.write(file, List.of("rule.a.labels=cat", "rule.b.labels=dog", "rule.b.of=0"));

        SettingsException wrong = catchThrowableOfType(
                SettingsException.class, () -> new RulesFile(file.toString()).rules(List.of("dog")));

        assertThat(wrong.problems())
                .containsExactlyInAnyOrder(
                        "rule.b.of is 0; it must be 1 to 64",
                        "rule.a.labels has 'cat', which the model does not know; it knows dog");
    }

    @Test
    void shouldHaveAFingerprintOfAllThatItAsksOfPictures() throws Exception {
        String[] lines = {
            "rule.a.labels=cat",
            "rule.b.labels=cat,dog",
            "rule.c.labels=cat\nrule.c.probability=0.6",
            "rule.d.labels=cat\nrule.d.of=2",
            "rule.e.labels=cat\nrule.e.of=2\nrule.e.frames=2",
            "rule.f.labels=cat\nrule.f.hold=1s",
            "rule.g.labels=cat\nrule.g.clear.after=1s",
            "rule.h.labels=cat\nrule.h.cool.down=1s"
        };
        assertThat(settings(lines).rules().rules())
                .hasSize(8)
                .extracting(LabelRule::fingerprint)
                .doesNotHaveDuplicates();
        assertThat(settings("rule.b.labels=dog,cat\nrule.b.cameras=x", "rule.i.labels=cat, dog")
                        .rules()
                        .rules())
                .extracting(LabelRule::fingerprint)
                .containsOnly(settings(lines).rules().rules().get(1).fingerprint());
    }

    @Test
    void shouldRefuseAFileThatIsNotThereAndOneWithoutRules() {
        assertThatThrownBy(() -> Settings.of(Map.of("rules.file", "none.properties")))
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> settings("# nothing")).hasMessageContaining("has no rule");
    }

    @Test
    void shouldRefuseLabelsThatTheModelDoesNotKnow() throws Exception {
        RuleSettings rules = settings("rule.a.labels=cat,fork lift").rules();

        rules.check(List.of("cat", "fork lift"));
        assertThatThrownBy(() -> rules.check(List.of("cat", "forklift")))
                .hasMessageContaining("rule.a.labels has 'fork lift', which the model does not know")
                .hasMessageContaining("did you mean 'forklift'?");
    }
}
