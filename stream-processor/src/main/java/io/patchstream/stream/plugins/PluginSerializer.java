package io.patchstream.stream.plugins;

import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/** A serializer of a plug-in path: while its code runs, its own class loader is the thread's, as Kafka Connect does it. */
final class PluginSerializer<T> implements Serializer<T> {
    private final Serializer<T> made;
    private final PluginLoader loader;

    PluginSerializer(Serializer<T> made, PluginLoader loader) {
        this.made = made;
        this.loader = loader;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        loader.within(() -> {
            made.configure(configs, isKey);
            return null;
        });
    }

    @Override
    public byte[] serialize(String topic, T data) {
        return loader.within(() -> made.serialize(topic, data));
    }

    @Override
    public byte[] serialize(String topic, Headers headers, T data) {
        return loader.within(() -> made.serialize(topic, headers, data));
    }

    @Override
    public void close() {
        loader.within(() -> {
            made.close();
            return null;
        });
    }
}
