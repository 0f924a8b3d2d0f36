package io.patchstream.stream.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RulesCommandTest {
    private static final String MODEL = "src/test/resources/models/tiny-fp32.onnx";

    @TempDir
    private Path folder;

    private final StringWriter said = new StringWriter();

    private int execute(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(said, true));
        line.setErr(new PrintWriter(said, true));
        return line.execute(arguments);
    }

    private String file(String... lines) throws Exception {
        return Files.write(folder.resolve("rules.properties"), java.util.List.of(lines))
                .toString();
    }

    @Test
    void shouldSayWhatRulesSay() throws Exception {
        String file = file(
                "rule.a.labels=cat,dog",
                "rule.a.frames=2",
                "rule.a.of=3",
                "rule.a.cameras=x-*",
                "rule.a.hold=1500ms",
                "rule.a.cool.down=2m");

        assertThat(execute("rules", "check", file)).isZero();

        assertThat(said.toString())
                .contains("a: cat | dog with 0.5 in 2 of 3 pictures of x-*, for 1500ms; cleared after 10s, then"
                        + " quiet for 2m")
                .contains("was not looked at: name one with --model");
    }

    @Test
    void shouldTellAllThatIsWrongAndLabelsOfAModelToo() throws Exception {
        String file =
                file("rule.a.labels=class 3, klass 4, person", "rule.b.labels=cat", "rule.b.of=0", "rule.c.lable=x");

        assertThat(execute("rules", "check", file, "--model", MODEL)).isEqualTo(2);

        assertThat(said.toString())
                .contains("rule.a.labels has 'klass 4', which the model does not know; did you mean 'class 4'?")
                .contains("rule.a.labels has 'person', which the model does not know; it knows class 0, class 1,")
                .contains("rule.b.of is 0; it must be 1 to 64")
                .contains("did you mean rule.c.labels?")
                .doesNotContain("'class 3'");
        assertThat(execute("rules", "check", file("rule.a.labels=class 3"), "--model", MODEL))
                .isZero();
        assertThat(said.toString()).contains("knows all their labels");
    }

    @Test
    void shouldRefuseToSendAlarmsInTheClearOrWithoutTheSecretThatWasAskedFor() throws Exception {
        assertThat(execute("rules", "webhook", "--to", "http://example.org/x")).isEqualTo(2);
        assertThat(said.toString()).contains("--to: it is http").contains("--allow-http");
        assertThat(execute("rules", "webhook", "--to", "https://a.b", "--secret-env", "NO_SUCH_VARIABLE"))
                .isEqualTo(2);
        assertThat(execute("rules", "webhook", "--to", "https://a.b", "--secret-file", file("short")))
                .isEqualTo(2);
        assertThat(said.toString())
                .contains("--secret-env is NO_SUCH_VARIABLE; there is no such variable")
                .contains("has a secret of 5 bytes")
                .doesNotContain("short");
        assertThat(execute("rules", "webhook")).isEqualTo(2);
        assertThat(execute("rules")).isEqualTo(2);
    }
}
