package io.patchstream.stream.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The stand-ins of {@code src/test/plugin}, compiled and packed where the class path does not reach. */
public final class StandInJar {
    private StandInJar() {}

    /** Writes {@code plugins/confluent/lib/stand-in.jar} under the folder; the path to give is {@code plugins}. */
    public static Path under(Path folder) throws IOException {
        Path plugins = folder.resolve("plugins");
        Path jar = Files.createDirectories(plugins.resolve("confluent/lib")).resolve("stand-in.jar");
        compile(Path.of("src/test/plugin"), System.getProperty("java.class.path"), jar);
        return plugins;
    }

    /** Compiles all Java under a folder into a jar. */
    public static void compile(Path sources, String classPath, Path jar) throws IOException {
        Path classes = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "classes");
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", classes.toString(), "-cp", classPath));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
