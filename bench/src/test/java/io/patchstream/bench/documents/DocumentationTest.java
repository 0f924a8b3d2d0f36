package io.patchstream.bench.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages say to type, to set, to open and to read is there. */
class DocumentationTest {
    private static final CommandCheck COMMANDS = new CommandCheck();
    private static final SettingsCheck SETTINGS = new SettingsCheck();

    @TempDir
    private static Path classes;

    private static NameCheck names;

    @BeforeAll
    static void lookAround() throws IOException {
        names = new NameCheck();
    }

    private static List<String> problems(Page page) throws IOException {
        List<String> problems = new ArrayList<>(COMMANDS.problems(page));
        problems.addAll(SETTINGS.problems(page));
        problems.addAll(names.problems(page));
        problems.addAll(new JavaCheck(classes).problems(page));
        return problems;
    }

    private static List<String> problemsOf(String... lines) throws IOException {
        return problems(Page.of(Repository.ROOT.resolve("docs/made-up.md"), List.of(lines)));
    }

    @Test
    void shouldSpeakOfWhatIsThere() throws IOException {
        List<String> problems = new ArrayList<>();
        List<Page> pages = Repository.pages();
        for (Page page : pages) {
            problems.addAll(problems(page));
        }
        assertThat(pages.stream().flatMap(Page::code).filter(span -> span.text().startsWith("./patchstream ")))
                .hasSizeGreaterThan(60);
        assertThat(problems).as(String.join("\n", problems)).isEmpty();
    }

    @Test
    void shouldHaveEveryVerbInTheLaunchersHelp() {
        Verbs verbs = new Verbs();
        assertThat(verbs.ofLauncher()).isEqualTo(verbs.all());
    }

    @Test
    void shouldSeeACommandThatIsRefused() throws IOException {
        assertThat(problemsOf("```", "./patchstream rum", "```")).hasSize(1);
        assertThat(problemsOf("```", "./patchstream run --uii", "```")).hasSize(1);
        assertThat(problemsOf("Type `./patchstream ledger chek`.")).hasSize(1);
        assertThat(problemsOf("```", "./patchstream ingest --source x.mp4   # no camera", "```"))
                .hasSize(1);
        assertThat(problemsOf("```", "./patchstream topics create|destroy", "```"))
                .hasSize(1);
        assertThat(problemsOf("", "    ./patchstream bench faults --seconds many"))
                .hasSize(1);
        assertThat(problemsOf("```", "./patchstream train --recipe r --out o \\", "    --set steps=few", "```"))
                .hasSize(1);
    }

    @Test
    void shouldSeeASettingThatThereIsNot() throws IOException {
        assertThat(problemsOf("```", "./patchstream run --set engine.max.bach=3", "```"))
                .hasSize(1);
        assertThat(problemsOf("```", "./patchstream run --set engine.max.batch=many", "```"))
                .hasSize(1);
        assertThat(problemsOf("```properties", "input.overload=drop-all", "model.sha=x", "```"))
                .hasSize(2);
        assertThat(problemsOf("```properties rules", "rule.a.label=cat", "rule.b.labels=dog", "rule.b.of=65", "```"))
                .hasSize(2);
        assertThat(problemsOf("See `ui.prot` and `input.overload=never`.")).hasSize(2);
        assertThat(problemsOf("```", "PATCHSTREAM_UI_TOKN=x ./patchstream run", "```"))
                .hasSize(1);
    }

    @Test
    void shouldSeeNamesThatThereAreNot() throws IOException {
        assertThat(problemsOf("[one](nowhere.md) and [two](ledger.md#no-such-heading)"))
                .hasSize(2);
        assertThat(problemsOf("`FrameClasifier`, `DemoTest`, `EmbeddingFeed.shut()`"))
                .hasSize(3);
        assertThat(problemsOf("```", "./mvnw -Puii -pl steam-processor -Dit.test=NoSuchIT verify", "```"))
                .hasSize(3);
        assertThat(problemsOf("`io.patchstream.stream.nowhere`, `deploy/docker/no-such-file`"))
                .hasSize(2);
        assertThat(problemsOf("```json", "{\"a\": }", "```")).hasSize(1);
        assertThat(problemsOf("```java", "class A { io.patchstream.schemas.Frames b; }", "```"))
                .hasSize(1);
    }

    @Test
    void shouldTakeWhatIsRight() throws IOException {
        assertThat(problemsOf(
                        "See [ledger](ledger.md#what-it-costs), `EmbeddingFeed.open(settings, exactUpTo)`,"
                                + " `model.json`.",
                        "```",
                        "./patchstream ledger check|write [--config FILE] [--set key=value] > file   # a comment",
                        "KAFKA_X=1 ./patchstream explain TOPIC PARTITION OFFSET [--models DIR | --model FILE] ...",
                        "```",
                        "```properties",
                        "basic.auth.user.info=${file:/run/secrets/x.properties:login}",
                        "```"))
                .isEmpty();
    }
}
