package io.patchstream.local;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code local}: starts a broker and a registry, says where they are, and serves until it is stopped. */
@Command(
        name = "local",
        description = {
            "A Kafka broker and a schema registry on this machine, for any Kafka client.",
            "Prints one line, READY bootstrap=HOST:PORT registry=URL, and serves until Ctrl-C or SIGTERM."
        })
final class LocalCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--kafka-port", paramLabel = "P", description = "port of the broker (default: a free one)")
    private int kafkaPort;

    @Option(names = "--registry-port", paramLabel = "P", description = "port of the registry (default: a free one)")
    private int registryPort;

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description = "folder that keeps topics and schemas (default: a temporary one, removed at the end)")
    private Path dataDir;

    @Option(
            names = "--broker-set",
            paramLabel = "KEY=VALUE",
            description = "a broker property of Kafka's, such as log.retention.hours=1; may be repeated")
    private Map<String, String> brokerSet = new LinkedHashMap<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    private boolean help;

    @Override
    public Integer call() throws InterruptedException {
        LocalKafka kafka = LocalKafka.start(options());
        var out = spec.commandLine().getOut();
        out.println("READY bootstrap=" + kafka.bootstrapServers() + " registry=" + kafka.registryUrl());
        out.flush();
        // A signal ends the JVM from elsewhere; LocalKafka's shutdown hook closes.
        new CountDownLatch(1).await();
        return 0;
    }

    private LocalKafka.Options options() {
        try {
            return new LocalKafka.Options(
                    kafkaPort,
                    registryPort,
                    Optional.ofNullable(dataDir),
                    brokerSet,
                    Optional.empty(),
                    SecurityProtocol.PLAINTEXT,
                    true);
        } catch (IllegalArgumentException misuse) {
            throw new ParameterException(spec.commandLine(), misuse.getMessage(), misuse);
        }
    }
}
