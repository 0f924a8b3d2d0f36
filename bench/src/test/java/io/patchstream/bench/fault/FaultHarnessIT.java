package io.patchstream.bench.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A short run of the fault harness, and its negative control: without that one the first proves nothing. */
class FaultHarnessIT {
    @TempDir
    private Path folder;

    private record Outcome(int exitCode, JsonNode run, String text) {}

    private Outcome run(String... arguments) throws Exception {
        StringWriter text = new StringWriter();
        Path json = folder.resolve("figures.json");
        CommandLine command = new CommandLine(new FaultCommand()).setOut(new PrintWriter(text, true));
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--json=" + json;
        all[arguments.length + 1] = "--folder=" + folder.resolve("run");
        int exitCode = command.execute(all);
        return new Outcome(exitCode, new ObjectMapper().readTree(json.toFile()).at("/runs/0"), text.toString());
    }

    @Test
    void shouldAnswerEveryFrameOnceWhateverHappens() throws Exception {
        Outcome outcome = run(
                "--seed=20261125",
                "--seconds=20",
                "--count=4",
                "--faults=kill-processor,pause-processor,halt-before-commit,restart-broker");
        assertThat(outcome.exitCode()).as(outcome.text()).isZero();
        assertThat(outcome.run().get("faults").asInt()).isEqualTo(4);
        assertThat(outcome.run().get("frames").asLong()).isGreaterThan(1000);
        assertThat(outcome.run().get("dead_letters").asLong()).isPositive();
        assertThat(outcome.run().get("aborted_records").asLong()).isPositive();
        assertThat(outcome.run().get("uncertain_pictures").asLong()).isGreaterThan(100);
    }

    @Test
    void shouldFailOnTheProcessorThatGathersItsBatchInProcess() throws Exception {
        Outcome outcome = run("--seed=3", "--seconds=8", "--count=2", "--control=buffering");
        assertThat(outcome.exitCode()).as(outcome.text()).isEqualTo(1);
        assertThat(outcome.run().get("lost").asLong()).isPositive();
        assertThat(outcome.run().get("lost_named").get(0).asText()).contains("labels 0, embeddings 0");
        assertThat(outcome.run().get("ledger_balanced").asBoolean()).isFalse();
        assertThat(outcome.run().get("duplicated").asLong()).isZero();
    }
}
