package io.patchstream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the processes that a bench starts have in common. */
public final class Processes {
    private Processes() {}

    /** A JVM like this one, on its class path, without settings from this one's environment. */
    public static ProcessBuilder java(List<String> optionsMainAndArguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(optionsMainAndArguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PATCHSTREAM_") || name.startsWith("KAFKA_"));
        // Not by -cp: ONNX Runtime cannot bear a command line of this length.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder;
    }

    /**
     * A figure that Linux gives of a process, in KiB where it is one of memory; empty when it is dead, or elsewhere.
     *
     * @param name such as {@code VmRSS} or {@code Threads}
     */
    public static OptionalLong status(long pid, String name) {
        return figure(Path.of("/proc", Long.toString(pid), "status"), name);
    }

    /**
     * A figure that Linux gives of the machine's memory, in KiB; empty elsewhere.
     *
     * @param name such as {@code MemAvailable}
     */
    public static OptionalLong memory(String name) {
        return figure(Path.of("/proc/meminfo"), name);
    }

    private static OptionalLong figure(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    /** A port of the loopback address that nobody listens at now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
