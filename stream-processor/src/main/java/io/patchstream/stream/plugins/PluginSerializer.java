package io.patchstream.stream.plugins;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/** A serializer of a plug-in path: while its code runs, its own class loader is the thread's, as Kafka Connect does it. */
final class PluginSerializer<T> implements Serializer<T> {
    private final Serializer<T> made;
    private final ClassLoader loader;

    PluginSerializer(Serializer<T> made, ClassLoader loader) {
        this.made = made;
        this.loader = loader;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        within(() -> {
            made.configure(configs, isKey);
            return null;
        });
    }

    @Override
    public byte[] serialize(String topic, T data) {
        return within(() -> made.serialize(topic, data));
    }

    @Override
    public byte[] serialize(String topic, Headers headers, T data) {
        return within(() -> made.serialize(topic, headers, data));
    }

    @Override
    public void close() {
        within(() -> {
            made.close();
            return null;
        });
    }

    private <R> R within(Supplier<R> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
