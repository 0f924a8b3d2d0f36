package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code train} in a process of its own. */
final class TrainProcess {
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private TrainProcess() {}

    /** @param log where it writes, behind what is there */
    static Process start(Path recipe, Path out, Path log, Map<String, String> environment, String... more)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "--recipe",
                recipe.toString(),
                "--out",
                out.toString()));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What it ends with. */
    static int finished(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
