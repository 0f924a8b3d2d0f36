package io.patchstream.local;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.metadata.bootstrap.BootstrapDirectory;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble.VerificationFlag;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.EligibleLeaderReplicasVersion;

/**
 * One KRaft node that is broker and controller at once, in this process. The only class that touches Kafka's server,
 * which is not public API: written against 4.3.1 and to be read again whenever that version moves.
 *
 * <p>It assembles what {@code KafkaRaftServer} assembles, for one reason: both listening sockets are bound here, before
 * Kafka starts, and handed to it. A free port is then never lost to another process between choosing and binding it,
 * and a taken one is known at once.
 *
 * <p>When Kafka meets a fatal fault (a full disk, say) its standard handler logs it and halts this process.
 */
final class KraftBroker implements AutoCloseable {

    private static final int NODE_ID = 1;
    private static final List<String> MECHANISMS =
            List.of("plain.", "scram-sha-256.", "scram-sha-512.", "oauthbearer.", "gssapi.");

    /** What {@code StandardAuthorizer} reads by itself. */
    private static final List<String> OF_THE_AUTHORIZER = List.of("super.users", "allow.everyone.if.no.acl.found");

    private static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final String FORMATTED = "meta.properties";
    private static final Duration ELECTION = Duration.ofSeconds(30);
    private static final int ELECTION_POLL_MILLIS = 20;
    private static final Duration CONTROLLED_SHUTDOWN = Duration.ofSeconds(5);

    private final InetSocketAddress address;
    private final BrokerServer broker;
    private final ControllerServer controller;

    private KraftBroker(InetSocketAddress address, BrokerServer broker, ControllerServer controller) {
        this.address = address;
        this.broker = broker;
        this.controller = controller;
    }

    /**
     * Starts the node and returns when it serves clients.
     *
     * @param clients bound, where Kafka clients connect; Kafka closes it, and the caller may too
     * @param quorum bound, where the controller listens; the same
     * @param logDir formatted here when it is new
     * @param protocol how clients speak to it
     * @param overrides broker properties over the ones of {@link #settings}
     */
    static KraftBroker start(
            ServerSocketChannel clients,
            ServerSocketChannel quorum,
            Path logDir,
            SecurityProtocol protocol,
            Map<String, String> overrides) {
        KraftBroker node = null;
        try {
            boolean fresh = Files.notExists(logDir.resolve(FORMATTED));
            node = assemble(clients, quorum, logDir, protocol, overrides);
            node.controller.startup();
            if (!fresh) {
                node.forgetPredecessor();
            }
            node.broker.startup();
            return node;
        } catch (Exception | Error failure) {
            if (node != null) {
                closeAfter(failure, node);
            }
            throw failure instanceof LocalKafkaException known
                    ? known
                    : new LocalKafkaException(
                            "The Kafka broker on " + logDir + " does not start: " + failure.getMessage(), failure);
        }
    }

    private static KraftBroker assemble(
            ServerSocketChannel clients,
            ServerSocketChannel quorum,
            Path logDir,
            SecurityProtocol protocol,
            Map<String, String> overrides)
            throws Exception {
        InetSocketAddress clientAddress = (InetSocketAddress) clients.getLocalAddress();
        InetSocketAddress quorumAddress = (InetSocketAddress) quorum.getLocalAddress();
        Properties settings = settings(clientAddress, quorumAddress, logDir, protocol);
        overrides.forEach((key, value) -> settings.put(known(key, protocol), value));
        KafkaConfig config = new KafkaConfig(settings, false);
        format(logDir);
        MetaPropertiesEnsemble directories = new MetaPropertiesEnsemble.Loader()
                .addMetadataLogDir(logDir.toString())
                .addLogDirs(List.of(logDir.toString()))
                .load();
        directories.verify(
                Optional.empty(),
                OptionalInt.of(NODE_ID),
                EnumSet.of(VerificationFlag.REQUIRE_AT_LEAST_ONE_VALID, VerificationFlag.REQUIRE_METADATA_LOG_DIR));
        SharedServer shared = new SharedServer(
                config,
                directories,
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(Map.of(NODE_ID, quorumAddress)),
                List.of(),
                new StandardFaultHandlerFactory(),
                (listener, at, backlog, receiveBuffer) -> (ServerSocketChannel)
                        (listener.equals(CONTROLLER_LISTENER) ? quorum : clients).configureBlocking(false));
        return new KraftBroker(
                clientAddress,
                new BrokerServer(shared),
                new ControllerServer(
                        shared, KafkaRaftServer.configSchema(), new BootstrapDirectory(logDir.toString()).read()));
    }

    /**
     * A misspelt property would change nothing and say nothing: Kafka takes any name, for its plug-ins. What is only for the
     * clients' listener has that in front, and for one of its SASL mechanisms that too.
     */
    private static String known(String key, SecurityProtocol protocol) {
        Set<String> names = new TreeSet<>(KafkaConfig.configDef().names());
        names.addAll(OF_THE_AUTHORIZER);
        String listener = ListenerName.forSecurityProtocol(protocol).configPrefix();
        String bare = key.startsWith(listener) ? withoutMechanism(key.substring(listener.length())) : key;
        if (names.contains(bare)) {
            return key;
        }
        String nearest = names.stream()
                .min(Comparator.comparingInt((String name) -> EditDistance.between(bare, name))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
        throw new LocalKafkaException("Kafka has no broker property " + key + "; did you mean " + nearest + "?");
    }

    private static String withoutMechanism(String key) {
        return MECHANISMS.stream()
                .filter(key::startsWith)
                .findFirst()
                .map(mechanism -> key.substring(mechanism.length()))
                .orElse(key);
    }

    /**
     * Takes this broker's last registration out of the metadata. After a kill the controller would wait a whole session
     * timeout for it to show up again before it lets another process have its id; but it held the lock of this data
     * folder, which this process holds now, so it is dead.
     */
    private void forgetPredecessor() throws Exception {
        ControllerRequestContext context =
                new ControllerRequestContext(new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
        long deadline = System.nanoTime() + ELECTION.toNanos();
        while (true) {
            try {
                controller.controller().unregisterBroker(context, NODE_ID).get();
                return;
            } catch (ExecutionException failure) {
                if (failure.getCause() instanceof BrokerIdNotRegisteredException) {
                    return;
                }
                // The only voter elects itself, but not at once.
                if (!(failure.getCause() instanceof NotControllerException) || System.nanoTime() > deadline) {
                    throw failure;
                }
                TimeUnit.MILLISECONDS.sleep(ELECTION_POLL_MILLIS);
            }
        }
    }

    /** Writes the cluster's id into a new folder; meta.properties comes last, so a kill in between formats again. */
    private static void format(Path logDir) throws Exception {
        if (Files.exists(logDir.resolve(FORMATTED))) {
            return;
        }
        Files.createDirectories(logDir);
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(CONTROLLER_LISTENER)
                .setMetadataLogDirectory(logDir.toString())
                .addDirectory(logDir.toString())
                // With it a crash empties the in-sync set, and the one replica there is comes back by an unclean
                // election.
                .setFeatureLevel(EligibleLeaderReplicasVersion.FEATURE_NAME, (short) 0)
                .run();
    }

    private static Properties settings(
            InetSocketAddress clients, InetSocketAddress quorum, Path logDir, SecurityProtocol protocol) {
        String clientListener = protocol.name + "://" + Loopback.hostAndPort(clients);
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                Integer.toString(NODE_ID),
                "controller.quorum.voters",
                NODE_ID + "@" + Loopback.hostAndPort(quorum),
                "listeners",
                clientListener + "," + CONTROLLER_LISTENER + "://" + Loopback.hostAndPort(quorum),
                "advertised.listeners",
                clientListener,
                "inter.broker.listener.name",
                protocol.name,
                "controller.listener.names",
                CONTROLLER_LISTENER,
                "listener.security.protocol.map",
                protocol.name + ":" + protocol.name + "," + CONTROLLER_LISTENER + ":PLAINTEXT",
                "log.dirs",
                logDir.toString(),
                "auto.create.topics.enable",
                "false"));
        // One node: every internal topic has one replica, and one partition is enough for the groups of a desk.
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".num.partitions", "1");
            settings.put(topic + ".replication.factor", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        // The cleaner's default map takes 128 MB of heap; its least is 1 MiB a thread.
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        // A key frame of a high-resolution camera does not fit the 1 MiB default.
        settings.put("message.max.bytes", "16777216");
        settings.put("replica.fetch.max.bytes", "16777216");
        settings.put("replica.fetch.response.max.bytes", "33554432");
        // Nobody waits for members that will never come; a test may ask for a quick take-over.
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        for (String group : List.of("consumer", "streams", "share")) {
            settings.put("group." + group + ".min.session.timeout.ms", "1000");
            settings.put("group." + group + ".min.heartbeat.interval.ms", "250");
        }
        // A broker that the controller thinks dead is fenced: its partitions lose their leader, and Kafka 4.3.1 then
        // drops
        // transaction markers, also those of commits. With one node there is nobody to take over, so give it time:
        // a stalled machine must not cost a transaction.
        settings.put("broker.session.timeout.ms", "120000");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        return settings;
    }

    InetSocketAddress address() {
        return address;
    }

    /** Stops broker, then controller. May be called twice. */
    @Override
    public void close() {
        try {
            broker.shutdown(CONTROLLED_SHUTDOWN);
            broker.awaitShutdown();
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }

    private static void closeAfter(Throwable failure, KraftBroker node) {
        try {
            node.close();
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
    }
}
