package io.patchstream.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Pillow in a Python of the user's own: the same files, the same resize, CPU time told by Python itself. */
final class PillowPeer {
    private final Path python;
    private final Path script;

    PillowPeer(Path python, Path folder) throws IOException {
        this.python = python;
        this.script = folder.resolve("pillow_peer.py");
        try (InputStream source = PillowPeer.class.getResourceAsStream("pillow_peer.py")) {
            Files.copy(source, script);
        }
    }

    /** CPU-milliseconds per picture, and the version of Pillow. */
    record Figures(double cpuMillis, String version) {}

    Figures measure(Path picture, int side, double seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(python.toString());
        command.add(script.toString());
        command.add(picture.toString());
        command.add(Integer.toString(side));
        command.add(Double.toString(seconds));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(python + " could not measure Pillow: it must have Pillow installed");
        }
        JsonNode figures = new JsonMapper().readTree(answer);
        return new Figures(
                figures.get("cpu_ms").doubleValue(), figures.get("version").textValue());
    }
}
