package io.patchstream.stream.plugins;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/** A deserializer of a plug-in path: while its code runs, its own class loader is the thread's, as Kafka Connect does it. */
final class PluginDeserializer<T> implements Deserializer<T> {
    private final Deserializer<T> made;
    private final PluginLoader loader;

    PluginDeserializer(Deserializer<T> made, PluginLoader loader) {
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
    public T deserialize(String topic, byte[] data) {
        return loader.within(() -> made.deserialize(topic, data));
    }

    @Override
    public T deserialize(String topic, Headers headers, byte[] data) {
        return loader.within(() -> made.deserialize(topic, headers, data));
    }

    @Override
    public T deserialize(String topic, Headers headers, ByteBuffer data) {
        return loader.within(() -> made.deserialize(topic, headers, data));
    }

    @Override
    public void close() {
        loader.within(() -> {
            made.close();
            return null;
        });
    }
}
