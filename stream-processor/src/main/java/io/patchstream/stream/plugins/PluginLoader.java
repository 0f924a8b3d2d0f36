package io.patchstream.stream.plugins;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The classes of a plug-in path, before those of Patchstream with the same name: a plug-in brings its own Jackson, Guava or
 * HTTP client, and neither sees the other's.
 *
 * <p>What both sides speak of is one class for both, Patchstream's: Kafka's interfaces, Avro with the generated records, the
 * logger. The JDK's classes are the JDK's.
 */
final class PluginLoader extends URLClassLoader {
    private static final List<String> SHARED =
            List.of("org.apache.kafka.", "org.apache.avro.", "org.slf4j.", "io.patchstream.");

    static {
        registerAsParallelCapable();
    }

    PluginLoader(List<URL> jars, ClassLoader parent) {
        super("plugin.path", jars.toArray(URL[]::new), parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> found = findLoadedClass(name);
            if (found == null) {
                found = find(name);
            }
            if (resolve) {
                resolveClass(found);
            }
            return found;
        }
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        if (SHARED.stream().anyMatch(name::startsWith)) {
            return super.loadClass(name, false);
        }
        try {
            return getPlatformClassLoader().loadClass(name);
        } catch (ClassNotFoundException notTheJdks) {
            try {
                return findClass(name);
            } catch (ClassNotFoundException notThePlugins) {
                return super.loadClass(name, false);
            }
        }
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own == null ? super.getResource(name) : own;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
        all.addAll(Collections.list(getParent().getResources(name)));
        return Collections.enumeration(all);
    }

    /** Does what {@code call} does, with this as the thread's context class loader, by which some code looks for its classes. */
    <R> R within(Supplier<R> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(this);
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
