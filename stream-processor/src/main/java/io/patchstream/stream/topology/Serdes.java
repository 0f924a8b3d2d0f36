package io.patchstream.stream.topology;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.TrustedRecords;
import io.patchstream.stream.plugins.PluginPath;
import io.patchstream.stream.settings.SerdeSettings;
import io.patchstream.stream.settings.SettingsException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** The serialisers that the settings name, made and configured; their classes come from {@code plugin.path}, if it is set. */
public final class Serdes implements AutoCloseable {
    private final SerdeSettings settings;
    private final PluginPath plugins;

    private Serdes(SerdeSettings settings, PluginPath plugins) {
        this.settings = settings;
        this.plugins = plugins;
    }

    /**
     * Opens the plug-in path; what is made must be closed before.
     *
     * @throws SettingsException when a folder of the path holds no jars
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the path.
    static Serdes of(SerdeSettings settings) {
        try {
            return new Serdes(settings, PluginPath.open(settings.plugins()));
        } catch (IllegalArgumentException e) {
            throw wrong("plugin.path is " + settings.plugins() + "; it must be " + e.getMessage(), e);
        }
    }

    /** A serialiser of values. Kafka's producers share theirs between threads, so this one may be shared too. */
    @SuppressWarnings("MustBeClosedChecker") // The serialiser closes them.
    public static Serializer<Object> serializer(SerdeSettings settings) {
        Serdes serdes = of(settings);
        try {
            return new OwningSerializer(serdes.serializer(), serdes);
        } catch (RuntimeException e) {
            serdes.close();
            throw e;
        }
    }

    @SuppressWarnings("unchecked")
    private Serializer<Object> serializer() {
        Serializer<Object> serializer = plugins.serializer(
                (Serializer<Object>) make(Serializer.class, "serde.serializer", settings.serializer()));
        configured("serde.serializer", settings.serializer(), () -> serializer.configure(settings.config(), false));
        return serializer;
    }

    /** A deserialiser of values, for one thread at a time. */
    Deserializer<?> deserializer() {
        Deserializer<?> deserializer = plugins.deserializer(
                (Deserializer<?>) make(Deserializer.class, "serde.deserializer", settings.deserializer()));
        Map<String, Object> config = new HashMap<>(settings.config());
        // Confluent's gives generic records unless told to give ours.
        config.putIfAbsent("specific.avro.reader", "true");
        configured("serde.deserializer", settings.deserializer(), () -> deserializer.configure(config, false));
        return deserializer;
    }

    private Object make(Class<?> role, String key, String className) {
        // Avro makes no class that it was not told to trust; our own serde does so by itself, others do not.
        TrustedRecords.trust();
        String is = key + " is " + className + "; it must be ";
        try {
            return plugins.load(className)
                    .asSubclass(role)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            throw wrong(
                    is + "a class that is there, and it is neither in the " + plugins
                            + " nor on the class path; put its jar, and those that it needs, into a folder and name that"
                            + " by --plugin-path",
                    e);
        } catch (LinkageError e) {
            throw lacking(key, className, e);
        } catch (ClassCastException e) {
            throw wrong(is + "a " + role.getName(), e);
        } catch (ReflectiveOperationException e) {
            throw wrong(is + "a class with a public constructor without parameters that works", e);
        }
    }

    private void configured(String key, String className, Runnable configure) {
        try {
            configure.run();
        } catch (LinkageError e) {
            throw lacking(key, className, e);
        }
    }

    private SettingsException lacking(String key, String className, LinkageError e) {
        return wrong(
                key + " is " + className + "; it must be a class that finds what it needs, and it lacks "
                        + e.getMessage() + " (" + plugins + "); put that jar beside it",
                e);
    }

    private static SettingsException wrong(String problem, Throwable cause) {
        SettingsException wrong = new SettingsException(List.of(problem));
        wrong.initCause(cause);
        return wrong;
    }

    @Override
    public void close() {
        plugins.close();
    }

    /** Closes the plug-in path after itself. */
    private record OwningSerializer(Serializer<Object> made, Serdes serdes) implements Serializer<Object> {
        @Override
        public byte[] serialize(String topic, Object data) {
            return made.serialize(topic, data);
        }

        @Override
        public byte[] serialize(String topic, Headers headers, Object data) {
            return made.serialize(topic, headers, data);
        }

        @Override
        public void close() {
            try {
                made.close();
            } finally {
                serdes.close();
            }
        }
    }
}
