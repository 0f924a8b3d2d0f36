package io.patchstream.stream.run;

import io.patchstream.local.LocalKafka;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A broker and a registry for the tests of this JVM: started by the first that asks, closed after the last. */
public final class RealKafka implements ParameterResolver {
    /** The broker of this JVM; tests keep apart by the names of their topics. */
    public record Broker(LocalKafka kafka) implements AutoCloseable {
        public String bootstrapServers() {
            return kafka.bootstrapServers();
        }

        public String registryUrl() {
            return kafka.registryUrl();
        }

        /** Settings of a processor with topics and a group of its own. */
        public Map<String, String> settings(String test) {
            String prefix = test + "-" + UUID.randomUUID().toString().substring(0, 8);
            return Map.ofEntries(
                    Map.entry("application.id", prefix),
                    Map.entry("kafka.bootstrap.servers", bootstrapServers()),
                    Map.entry("schema.registry.url", registryUrl()),
                    Map.entry("input.topics", prefix + ".frames"),
                    Map.entry("output.labels", prefix + ".labels"),
                    Map.entry("output.embeddings", prefix + ".embeddings"),
                    Map.entry("output.dead-letters", prefix + ".dead-letters"),
                    Map.entry("output.drops", prefix + ".drops"));
        }

        @Override
        public void close() {
            kafka.close();
        }
    }

    private static Broker start() {
        return new Broker(LocalKafka.start(LocalKafka.Options.defaults()
                // A killed processor's transaction ends by its timeout; looked for every 10 s by default.
                .withBrokerOverride("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")
                .withBrokerOverride("group.streams.session.timeout.ms", "3000")
                .withBrokerOverride("group.streams.heartbeat.interval.ms", "500")));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Broker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(RealKafka.class))
                .computeIfAbsent(Broker.class, key -> start(), Broker.class);
    }
}
