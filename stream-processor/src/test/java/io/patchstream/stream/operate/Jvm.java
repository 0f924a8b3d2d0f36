package io.patchstream.stream.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JVM of its own for a test: small, on the test's class path, without settings from this one's environment. */
public final class Jvm {
    private Jvm() {}

    /** What starts one; all that it says goes to {@code log}. */
    public static ProcessBuilder of(Path log, String... optionsMainAndArguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(optionsMainAndArguments));
        Files.createDirectories(log.toAbsolutePath().getParent());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PATCHSTREAM_") || name.startsWith("KAFKA_"));
        // Not by -cp: ONNX Runtime cannot bear a command line of this length.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder;
    }

    /** {@code --set key=value} for each setting, behind {@code builder}'s arguments. */
    public static ProcessBuilder with(ProcessBuilder builder, Map<String, String> settings) {
        settings.forEach((key, value) -> builder.command().addAll(List.of("--set", key + "=" + value)));
        return builder;
    }
}
