package io.patchstream.local;

import io.patchstream.local.registry.BasicCredentials;
import io.patchstream.local.registry.SchemaRegistryServer;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and a schema registry in this process, on 127.0.0.1. Several may run side by side.
 *
 * <pre>{@code
 * try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults())) {
 *     properties.put("bootstrap.servers", kafka.bootstrapServers());
 *     properties.put("schema.registry.url", kafka.registryUrl());
 * }
 * }</pre>
 *
 * Whoever starts it closes it. Topics are not created by themselves: use an admin client.
 */
public final class LocalKafka implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalKafka.class);

    /**
     * How to start.
     *
     * @param kafkaPort 0 takes a free one
     * @param registryPort 0 takes a free one
     * @param dataDir where data stays between starts; empty for a temporary folder that goes with {@link #close}
     * @param brokerOverrides Kafka's own broker properties, over the ones chosen here
     * @param registryCredentials what every call of the registry must carry; empty lets everybody in
     * @param clientProtocol how clients speak to the broker; anything but PLAINTEXT needs overrides that say with which
     *     keys and users, for Kafka's {@code listener.name.PROTOCOL.*} too
     * @param closeAtExit whether the end of this JVM closes it. A composition root that closes things in an order of its
     *     own says false: the JVM runs all its shutdown hooks at once, and clients must go before their broker
     */
    public record Options(
            int kafkaPort,
            int registryPort,
            Optional<Path> dataDir,
            Map<String, String> brokerOverrides,
            Optional<BasicCredentials> registryCredentials,
            SecurityProtocol clientProtocol,
            boolean closeAtExit) {

        private static final Set<String> OURS = Set.of(
                "process.roles",
                "node.id",
                "controller.quorum.voters",
                "controller.quorum.bootstrap.servers",
                "controller.listener.names",
                "listeners",
                "advertised.listeners",
                "inter.broker.listener.name",
                "listener.security.protocol.map",
                "log.dir",
                "log.dirs",
                "metadata.log.dir");

        public Options {
            brokerOverrides = Map.copyOf(brokerOverrides);
            checkPort("kafkaPort", kafkaPort);
            checkPort("registryPort", registryPort);
            for (String key : brokerOverrides.keySet()) {
                if (OURS.contains(key)) {
                    throw new IllegalArgumentException("Broker property " + key
                            + " cannot be set: this broker is one node on 127.0.0.1 with one data folder");
                }
            }
        }

        private static void checkPort(String name, int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException(
                        name + " is " + port + "; a port is between 1 and 65535, or 0 for a free one");
            }
        }

        /** Free ports, a temporary folder, no overrides, no credentials, closed at the JVM's end. */
        public static Options defaults() {
            return new Options(0, 0, Optional.empty(), Map.of(), Optional.empty(), SecurityProtocol.PLAINTEXT, true);
        }

        public Options withKafkaPort(int port) {
            return new Options(
                    port, registryPort, dataDir, brokerOverrides, registryCredentials, clientProtocol, closeAtExit);
        }

        public Options withRegistryPort(int port) {
            return new Options(
                    kafkaPort, port, dataDir, brokerOverrides, registryCredentials, clientProtocol, closeAtExit);
        }

        public Options withDataDir(Path folder) {
            return new Options(
                    kafkaPort,
                    registryPort,
                    Optional.of(folder),
                    brokerOverrides,
                    registryCredentials,
                    clientProtocol,
                    closeAtExit);
        }

        /** Adds one; the last value of a key counts. */
        public Options withBrokerOverride(String key, String value) {
            Map<String, String> more = new TreeMap<>(brokerOverrides);
            more.put(key, value);
            return new Options(
                    kafkaPort, registryPort, dataDir, more, registryCredentials, clientProtocol, closeAtExit);
        }

        public Options withRegistryCredentials(String user, String password) {
            return new Options(
                    kafkaPort,
                    registryPort,
                    dataDir,
                    brokerOverrides,
                    Optional.of(new BasicCredentials(user, password)),
                    clientProtocol,
                    closeAtExit);
        }

        /** How clients speak to the broker; the listener is called as the protocol is. */
        public Options withClientProtocol(SecurityProtocol protocol) {
            return new Options(
                    kafkaPort, registryPort, dataDir, brokerOverrides, registryCredentials, protocol, closeAtExit);
        }

        public Options withCloseAtExit(boolean close) {
            return new Options(
                    kafkaPort, registryPort, dataDir, brokerOverrides, registryCredentials, clientProtocol, close);
        }
    }

    private final DataFolder folder;
    private final KraftBroker broker;
    private final SchemaRegistryServer registry;
    private final CloseStack opened;
    private final Optional<Thread> atExit;

    private LocalKafka(
            DataFolder folder,
            KraftBroker broker,
            SchemaRegistryServer registry,
            CloseStack opened,
            boolean closeAtExit) {
        this.folder = folder;
        this.broker = broker;
        this.registry = registry;
        this.opened = opened;
        this.atExit = closeAtExit ? Optional.of(new Thread(this::close, "local-kafka-close")) : Optional.empty();
    }

    /**
     * Starts both and returns when they serve.
     *
     * @throws LocalKafkaException when a port is taken, the data folder is in use or broken, or a broker property is
     *     wrong; nothing is left running then
     */
    public static LocalKafka start(Options options) {
        CloseStack opened = new CloseStack();
        try {
            DataFolder folder = opened.push(DataFolder.open(options.dataDir()));
            ServerSocketChannel clients = opened.push(Loopback.listen(options.kafkaPort(), "--kafka-port"));
            ServerSocketChannel quorum = opened.push(Loopback.listen(0, "the controller's port"));
            // The registry starts while the broker does: the broker takes seconds, and most of them waiting.
            CompletableFuture<SchemaRegistryServer> registry = CompletableFuture.supplyAsync(
                    () -> startRegistry(options, folder), task -> new Thread(task, "registry-start").start());
            opened.push(() -> closeOnceStarted(registry));
            KraftBroker broker = opened.push(KraftBroker.start(
                    clients, quorum, folder.kafka(), options.clientProtocol(), options.brokerOverrides()));
            LocalKafka kafka = new LocalKafka(folder, broker, joined(registry), opened, options.closeAtExit());
            kafka.atExit.ifPresent(Runtime.getRuntime()::addShutdownHook);
            LOG.info("Kafka on {}, schema registry on {}", kafka.bootstrapServers(), kafka.registryUrl());
            return kafka;
        } catch (RuntimeException | Error failure) {
            closeAfter(failure, opened);
            throw failure;
        }
    }

    private static SchemaRegistryServer startRegistry(Options options, DataFolder folder) {
        int port = options.registryPort();
        try {
            return SchemaRegistryServer.start(
                    Loopback.at(port), Optional.of(folder.registryLog()), options.registryCredentials());
        } catch (BindException taken) {
            throw Loopback.cannotListen(port, "--registry-port", taken);
        } catch (IOException failure) {
            throw new LocalKafkaException("The schema registry does not start: " + failure.getMessage(), failure);
        }
    }

    private static SchemaRegistryServer joined(CompletableFuture<SchemaRegistryServer> registry) {
        try {
            return registry.join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof LocalKafkaException known
                    ? known
                    : new LocalKafkaException("The schema registry does not start: " + failure.getCause(), failure);
        }
    }

    private static void closeOnceStarted(CompletableFuture<SchemaRegistryServer> registry) throws IOException {
        SchemaRegistryServer started = registry.exceptionally(failed -> null).join();
        if (started != null) {
            started.close();
        }
    }

    private static void closeAfter(Throwable failure, CloseStack opened) {
        try {
            opened.close();
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
    }

    /** Such as {@code 127.0.0.1:9092}. */
    public String bootstrapServers() {
        return Loopback.hostAndPort(broker.address());
    }

    /** Such as {@code http://127.0.0.1:8081}. */
    public String registryUrl() {
        return registry.url();
    }

    /** Where the data lies; the temporary folder when none was chosen. */
    Path folder() {
        return folder.path();
    }

    /** Stops both and removes a temporary folder. May be called twice, and from any thread. */
    @Override
    public synchronized void close() {
        atExit.filter(hook -> hook != Thread.currentThread()).ifPresent(LocalKafka::forget);
        opened.close();
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            // The hook runs or is about to; it finds everything closed.
            LOG.debug("Closed while the JVM exits", exiting);
        }
    }
}
