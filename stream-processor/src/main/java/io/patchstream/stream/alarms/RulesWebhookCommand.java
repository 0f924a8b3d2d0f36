package io.patchstream.stream.alarms;

import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.run.StopSignal;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rules webhook}: alarms to somebody else's HTTP server, until it is stopped. */
@Command(
        name = "webhook",
        mixinStandardHelpOptions = true,
        description = {
            "Tells a webhook of each alarm: a POST of JSON, tried again until it is taken, at least once and under the same",
            "idempotency key; a camera's alarms in their order. Goes on where it was. Takes the settings of run.",
            "Stop it with Ctrl-C or SIGTERM. Exit code 1: an alarm was refused (3xx, 4xx but 408 and 429) and there is no",
            "--refused FILE; it is the first to be told at the next start."
        })
final class RulesWebhookCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RulesWebhookCommand.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int MOST_TIMEOUT = 60;
    private static final int POLLED = 100;

    /** What leaving the group may take after the last message. */
    private static final Duration LEAVING = Duration.ofSeconds(10);

    /** Where a group begins that is new. */
    enum From {
        EARLIEST,
        LATEST
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "URL",
            description =
                    "The webhook: https, or http on this machine. $${env:NAME} and $${file:PATH:KEY} within it are read"
                            + " from there.")
    private String to;

    @Option(names = "--allow-http", description = "Take http to other machines too.")
    private boolean allowHttp;

    @Option(names = "--secret-file", paramLabel = "FILE", description = "Sign with the secret in this file.")
    private Path secretFile;

    @Option(names = "--secret-env", paramLabel = "NAME", description = "Sign with the secret in this variable.")
    private String secretVariable;

    @Option(
            names = "--group",
            paramLabel = "G",
            description = "The consumer group, one for each webhook (application.id and -webhook).")
    private String group;

    @Option(
            names = "--from",
            paramLabel = "earliest|latest",
            defaultValue = "EARLIEST",
            description = "Where a group that is new begins: with the oldest alarm on the topic, or with the next one"
                    + " (earliest).")
    private From from;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "For each message, 1 to 60 (${DEFAULT-VALUE}).")
    private int timeout;

    @Option(
            names = "--refused",
            paramLabel = "FILE",
            description = "Keep alarms that are refused in this file, a JSON object a line, and go on.")
    private Path refused;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.load().settings();
        WebhookAddress address = WebhookAddress.of(to, System.getenv(), allowHttp);
        Optional<WebhookSecret> secret = secret();
        if (timeout < 1 || timeout > MOST_TIMEOUT) {
            throw new SettingsException(
                    List.of("--timeout is " + timeout + "; it must be 1 to " + MOST_TIMEOUT + " seconds"));
        }
        Duration patience = Duration.ofSeconds(timeout);
        String topic = settings.rules().topic();
        mustExist(settings, topic);
        try (StopSignal stop = StopSignal.listen(patience.plus(LEAVING));
                AlarmReader alarms = new AlarmReader(settings);
                KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
            AlarmCourier courier = new AlarmCourier(
                    consumer,
                    alarms,
                    new Webhook(address, secret, patience, Clock.systemUTC()),
                    Optional.ofNullable(refused).map(RefusedAlarms::new),
                    FIRST_PAUSE,
                    LONGEST_PAUSE);
            stop.whenReceived(courier::stop);
            LOG.atInfo()
                    .addKeyValue("topic", topic)
                    .addKeyValue("group", group(settings))
                    .addKeyValue("to", address)
                    .addKeyValue("signed", secret.isPresent())
                    .log("webhook starts");
            try {
                courier.run(topic, from == From.LATEST);
                stop.exitWith(ExitCode.OK);
            } finally {
                AlarmCourier.Tally tally = courier.tally();
                spec.commandLine()
                        .getOut()
                        .println(tally.told() + " alarms told, " + tally.retries() + " tries in vain, "
                                + tally.refused() + " refused, " + tally.unreadable() + " records none of ours");
                spec.commandLine().getOut().flush();
            }
        }
        return ExitCode.OK;
    }

    private Optional<WebhookSecret> secret() {
        if (secretFile != null && secretVariable != null) {
            throw new SettingsException(List.of("--secret-file and --secret-env are both there; one is enough"));
        } else if (secretFile != null) {
            return Optional.of(WebhookSecret.read(secretFile));
        }
        return Optional.ofNullable(secretVariable).map(name -> WebhookSecret.ofVariable(name, System.getenv(name)));
    }

    private static void mustExist(Settings settings, String topic) {
        try (Lookup lookup = Lookup.open(settings)) {
            if (!lookup.exists(topic)) {
                throw new ProcessorFailedException(
                        "there is no topic " + topic
                                + ": ./patchstream topics create makes it where rules.file has rules,"
                                + " and output.alarms names it",
                        null);
            }
        }
    }

    private String group(Settings settings) {
        return group == null ? settings.stream().applicationId() + "-webhook" : group;
    }

    private KafkaConsumer<byte[], byte[]> consumer(Settings settings) {
        Map<String, Object> config =
                new HashMap<>(Lookup.clients(settings).getRestoreConsumerConfigs("patchstream-webhook"));
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group(settings));
        // Whatever protocol the processor's own group has.
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLLED);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
