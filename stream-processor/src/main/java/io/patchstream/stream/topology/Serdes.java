package io.patchstream.stream.topology;

import io.patchstream.schemas.TrustedRecords;
import io.patchstream.stream.settings.SerdeSettings;
import io.patchstream.stream.settings.SettingsException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** The serialisers that the settings name, made and configured. */
public final class Serdes {
    private Serdes() {}

    /** A serialiser of values. Kafka's producers share theirs between threads, so this one may be shared too. */
    @SuppressWarnings("unchecked")
    public static Serializer<Object> serializer(SerdeSettings settings) {
        Serializer<Object> serializer =
                (Serializer<Object>) make(Serializer.class, "serde.serializer", settings.serializer());
        serializer.configure(settings.config(), false);
        return serializer;
    }

    /** A deserialiser of values, for one thread at a time. */
    static Deserializer<?> deserializer(SerdeSettings settings) {
        Deserializer<?> deserializer =
                (Deserializer<?>) make(Deserializer.class, "serde.deserializer", settings.deserializer());
        Map<String, Object> config = new HashMap<>(settings.config());
        // Confluent's gives generic records unless told to give ours.
        config.putIfAbsent("specific.avro.reader", "true");
        deserializer.configure(config, false);
        return deserializer;
    }

    private static Object make(Class<?> role, String key, String className) {
        // Avro makes no class that it was not told to trust; our own serde does so by itself, others do not.
        TrustedRecords.trust();
        try {
            return Class.forName(className, true, Thread.currentThread().getContextClassLoader())
                    .asSubclass(role)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            throw wrong(key, className, "a class on the class path; put its jar there", e);
        } catch (ClassCastException e) {
            throw wrong(key, className, "a " + role.getName(), e);
        } catch (ReflectiveOperationException e) {
            throw wrong(key, className, "a class with a public constructor without parameters that works", e);
        }
    }

    private static SettingsException wrong(String key, String className, String rule, Exception cause) {
        SettingsException wrong = new SettingsException(List.of(key + " is " + className + "; it must be " + rule));
        wrong.initCause(cause);
        return wrong;
    }
}
