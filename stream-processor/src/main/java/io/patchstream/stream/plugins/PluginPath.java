package io.patchstream.stream.plugins;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Folders with jars, as Kafka Connect has them: the jars of each folder and of the folders in it, down to the {@code lib}
 * of an unpacked archive, all in one class loader. Whoever opens it closes it, after what was made from it.
 */
public final class PluginPath implements AutoCloseable {
    /** {@code plugins/confluent/lib/x.jar}. */
    private static final int DEPTH = 3;

    private final List<Path> jars;
    private final PluginLoader loader;

    private PluginPath(List<Path> jars, PluginLoader loader) {
        this.jars = jars;
        this.loader = loader;
    }

    /**
     * Opens the folders; with none, classes are those of the class path.
     *
     * @throws IllegalArgumentException if a folder is none or holds no jar; the message says which, as the end of "it must be"
     */
    @MustBeClosed
    public static PluginPath open(List<Path> folders) {
        List<Path> jars = new ArrayList<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("folders with jars, and " + folder + " is no folder");
            }
            List<Path> found = jarsOf(folder);
            if (found.isEmpty()) {
                throw new IllegalArgumentException("folders with jars, and " + folder + " holds none");
            }
            jars.addAll(found);
        }
        List<URL> urls = jars.stream().map(PluginPath::url).toList();
        return new PluginPath(jars, new PluginLoader(urls, PluginPath.class.getClassLoader()));
    }

    private static List<Path> jarsOf(Path folder) {
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("folders with jars, and " + jar + " cannot be one's address", e);
        }
    }

    /** The class of that name: of the jars, or else of Patchstream's class path. */
    public Class<?> load(String className) throws ClassNotFoundException {
        return Class.forName(className, true, loader);
    }

    /** A serialiser of this path, whose code finds the path's classes by its thread's context class loader too. */
    public <T> Serializer<T> serializer(Serializer<T> made) {
        return jars.isEmpty() ? made : new PluginSerializer<>(made, loader);
    }

    /** As {@link #serializer}. */
    public <T> Deserializer<T> deserializer(Deserializer<T> made) {
        return jars.isEmpty() ? made : new PluginDeserializer<>(made, loader);
    }

    /** How many jars, and where: for messages. */
    @Override
    public String toString() {
        return jars.isEmpty() ? "no plugin.path" : jars.size() + " jars of plugin.path";
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
