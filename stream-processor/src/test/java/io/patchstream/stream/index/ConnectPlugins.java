package io.patchstream.stream.index;

import io.patchstream.stream.plugins.StandInJar;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Connect loads: a connector's jars, and beside them the stand-in of {@code src/test/connect} with what it stands on. */
final class ConnectPlugins {
    private static final List<String> STANDS_ON = List.of("schemas-", "avro-", "jackson-", "commons-");

    private ConnectPlugins() {}

    /** Copies it all under {@code folder}; what it gives is the worker's {@code plugin.path}. */
    static Path under(Path folder, Path connector, String connectLibs) throws IOException {
        Path plugin = Files.createDirectories(folder.resolve("plugins/sink"));
        try (Stream<Path> jars = Files.list(connector)) {
            for (Path jar :
                    jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Files.copy(jar, plugin.resolve(jar.getFileName()));
            }
        }
        String ours = System.getProperty("java.class.path");
        for (String entry : ours.split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar") && STANDS_ON.stream().anyMatch(name::startsWith)) {
                Files.copy(jar, plugin.resolve(name));
            }
        }
        String libs;
        try (Stream<Path> jars = Files.list(Path.of(connectLibs))) {
            libs = jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
        StandInJar.compile(
                Path.of("src/test/connect"),
                libs + File.pathSeparator + ours,
                plugin.resolve("stand-in-converter.jar"));
        return folder.resolve("plugins");
    }
}
