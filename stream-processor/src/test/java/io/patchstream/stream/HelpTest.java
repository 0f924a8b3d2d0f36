package io.patchstream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
    private static List<CommandLine> withSubcommands(CommandLine command) {
        List<CommandLine> all = new ArrayList<>(List.of(command));
        command.getSubcommands().values().forEach(below -> all.addAll(withSubcommands(below)));
        return all;
    }

    private static String misuse(String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(said, true));
        assertThat(line.execute(arguments)).isEqualTo(2);
        return said.toString();
    }

    /** A reference in a help text that is not escaped would be looked up, and found to be null. */
    @Test
    void shouldNameReferencesAsTheyAreWritten() {
        for (CommandLine command : withSubcommands(Main.commandLine())) {
            assertThat(command.getUsageMessage())
                    .as(command.getCommandName())
                    .doesNotContainPattern("\\bnull\\b")
                    .doesNotContain("$$");
        }
        // However its lines are broken.
        assertThat(Main.commandLine()
                        .getSubcommands()
                        .get("ingest")
                        .getUsageMessage()
                        .replaceAll("\\s+", ""))
                .contains("${env:NAME}and${file:PATH:KEY}");
    }

    @Test
    void shouldSayWhatIsWrongAndNotAllThatThereIs() {
        assertThat(misuse("ingest", "--camera", "door", "--source", "rtsp://${env:NO_SUCH_LOGIN}@127.0.0.1/x"))
                .startsWith(
                        "--source: it must be something that is there: ${env:NO_SUCH_LOGIN} names nothing, for this terminal's environment has no NO_SUCH_LOGIN")
                .contains("./patchstream ingest --help")
                .doesNotContain("--quality");
        assertThat(misuse("ledger", "check", "--camra", "door"))
                .contains("Possible solutions: --camera")
                .contains("./patchstream ledger check --help")
                .doesNotContain("Usage:");
    }

    @Test
    void shouldSayAllThatThereIsWhereSomethingIsLeftOut() {
        assertThat(misuse("ingest")).contains("--camera=ID", "Usage: patchstream ingest", "--quality");
        assertThat(misuse("ledger")).contains("Usage: patchstream ledger", "check", "write");
    }
}
