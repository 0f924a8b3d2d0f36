package io.patchstream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return commandLine.execute(args);
    }

    @Test
    void shouldNameTheNearestVerb() {
        assertThat(execute("topolgy")).isEqualTo(2);
        assertThat(err.toString()).contains("patchstream topology");
    }

    @Test
    void shouldNameTheNearestOption() {
        assertThat(execute("topology", "--confg", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("--config");
    }

    @Test
    void shouldTellEverySettingThatIsWrong() {
        assertThat(execute("settings", "--set", "thread=3", "--set", "topics.partitions=0"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("thread (--set) is no setting; did you mean threads?")
                .contains("topics.partitions is 0; it must be at least 1");
    }

    @Test
    void shouldPrintWhatIsInForceAndWhereItComesFrom() {
        assertThat(execute("settings", "--set", "threads=3", "--set", "basic.auth.user.info=me:hidden"))
                .isZero();
        assertThat(out.toString()).contains("threads=3  # --set").doesNotContain("hidden");
    }

    @Test
    void shouldPrintTheTopology() {
        assertThat(execute("topology", "--set", "input.topics=a,b")).isZero();
        assertThat(out.toString()).contains("(topics: [a, b])");
    }

    @Test
    void shouldRefuseAModelThatIsNotThere() {
        assertThat(execute("run", "--model", "no-such.onnx")).isEqualTo(2);
        assertThat(err.toString())
                .contains("no-such.onnx; it must be a file that is there")
                .doesNotContain("\tat ");
    }

    @Test
    void shouldExplainEveryVerb() {
        for (String verb : Main.commandLine().getSubcommands().keySet()) {
            assertThat(execute(verb, "--help")).as(verb).isZero();
        }
        assertThat(out.toString()).contains("--config");
    }
}
