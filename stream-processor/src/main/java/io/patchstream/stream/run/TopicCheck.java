package io.patchstream.stream.run;

import io.patchstream.schemas.TopicLeaders;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure before the start that the topics are there: creates what is missing, or says how to. */
final class TopicCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Settings settings;
    private final TopicPlan plan;
    private final Admin admin;

    TopicCheck(Settings settings, Admin admin) {
        this.settings = settings;
        this.plan = new TopicPlan(settings);
        this.admin = admin;
    }

    /**
     * Checks and creates.
     *
     * @throws ProcessorFailedException when a topic is missing and may not or cannot be created, or no broker answers
     */
    void run() {
        List<TopicSpec> missing = missing();
        if (!missing.isEmpty()) {
            if (!settings.topics().autoCreate()) {
                throw new ProcessorFailedException(
                        "topics are missing: " + names(missing) + ". Create them, or set topics.auto.create=true:\n"
                                + missing.stream().map(plan::createCommand).collect(Collectors.joining("\n")),
                        null);
            }
            create(missing);
        }
        compareSizes();
    }

    private List<TopicSpec> missing() {
        List<TopicSpec> specs = plan.ofRun();
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        specs.stream().map(TopicSpec::name).toList())
                .topicNameValues();
        List<TopicSpec> missing = new ArrayList<>();
        for (TopicSpec spec : specs) {
            try {
                await(described.get(spec.name()), "describing topic " + spec.name());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw failed("topic " + spec.name() + " cannot be described", e);
                }
                missing.add(spec);
            }
        }
        return missing;
    }

    private void create(List<TopicSpec> missing) {
        int partitions = settings.topics().partitions();
        Map<String, KafkaFuture<Void>> created = admin.createTopics(
                        missing.stream().map(plan::toCreate).toList())
                .values();
        for (TopicSpec topic : missing) {
            try {
                await(created.get(topic.name()), "creating topic " + topic.name());
                LOG.atInfo()
                        .addKeyValue("topic", topic.name())
                        .addKeyValue("partitions", partitions)
                        .log("topic created");
            } catch (ExecutionException e) {
                // Another processor that starts at the same time was first.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw failed(
                            "topic " + topic.name() + " cannot be created; do it by hand:\n" + plan.createCommand(topic)
                                    + "\n",
                            e);
                }
            }
        }
        awaitLeaders(missing);
    }

    private void awaitLeaders(List<TopicSpec> topics) {
        List<String> names = topics.stream().map(TopicSpec::name).toList();
        try {
            TopicLeaders.await(admin, names, PATIENCE);
        } catch (ExecutionException | TimeoutException e) {
            throw failed("topics " + names + " were created but cannot be used", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted", e);
        }
    }

    /** A dead letter is as large as its frame; a topic that is too small for it would stop the processor one day. */
    private void compareSizes() {
        Map<String, Long> sizes = maxMessageBytes();
        String deadLetters = settings.output().deadLetters();
        long writable = Math.min(
                sizes.getOrDefault(deadLetters, Long.MAX_VALUE),
                settings.input().maxBytes() + (1 << 20));
        for (String input : settings.input().topics()) {
            long readable = sizes.getOrDefault(input, 0L);
            if (readable > writable) {
                LOG.atWarn()
                        .addKeyValue("topic", input)
                        .addKeyValue(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, readable)
                        .addKeyValue("writable", writable)
                        .log(
                                "records of this topic may be too large to be dead-lettered: set input.max.bytes={} and run"
                                        + " kafka-configs.sh --bootstrap-server {} --alter --entity-type topics --entity-name {}"
                                        + " --add-config max.message.bytes={}",
                                readable,
                                bootstrap(),
                                deadLetters,
                                readable + (1 << 20));
            }
        }
    }

    private Map<String, Long> maxMessageBytes() {
        List<ConfigResource> topics = plan.ofRun().stream()
                .map(spec -> new ConfigResource(ConfigResource.Type.TOPIC, spec.name()))
                .toList();
        Map<String, Long> sizes = new TreeMap<>();
        admin.describeConfigs(topics).values().forEach((topic, config) -> {
            try {
                Config known = await(config, "describing the configuration of topic " + topic.name());
                sizes.put(
                        topic.name(),
                        Long.valueOf(
                                known.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value()));
            } catch (ExecutionException e) {
                // Needs a right (DESCRIBE_CONFIGS) that processing itself does not need.
                LOG.atDebug()
                        .addKeyValue("topic", topic.name())
                        .setCause(e.getCause())
                        .log("largest record unknown");
            }
        });
        return sizes;
    }

    private <T> T await(KafkaFuture<T> future, String what) throws ExecutionException {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw failed(what + ": no answer in " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(what + ": interrupted", e);
        }
    }

    private ProcessorFailedException failed(String message, Exception e) {
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        return new ProcessorFailedException(
                message + " (kafka.bootstrap.servers=" + bootstrap() + "): "
                        + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
                cause);
    }

    private String bootstrap() {
        return settings.kafka().get("bootstrap.servers");
    }

    private static String names(Collection<TopicSpec> topics) {
        return topics.stream().map(TopicSpec::name).collect(Collectors.joining(", "));
    }
}
