package io.patchstream.stream.operate;

import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.TopicSpec.CleanUp;
import io.patchstream.stream.operate.Asking.Refused;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Each topic held against the plan; every deviation comes with the command that mends it. */
final class TopicInspection {
    private final Settings settings;
    private final TopicPlan plan;
    private final Admin admin;
    private final List<Finding> findings = new ArrayList<>();

    /** Milliseconds by topic; negative is for ever. */
    private final Map<String, Long> retention = new TreeMap<>();

    TopicInspection(Settings settings, Admin admin) {
        this.settings = settings;
        this.plan = new TopicPlan(settings);
        this.admin = admin;
    }

    List<Finding> inspect() {
        for (TopicSpec topic : plan.needed()) {
            int before = findings.size();
            inspect(topic).ifPresent(partitions -> {
                configs(topic, partitions);
                if (findings.size() == before) {
                    findings.add(
                            Finding.ok("topic", topic.name() + ": as planned, " + partitions.size() + " partitions"));
                }
            });
        }
        compareRetention();
        return findings;
    }

    /** Its partitions; empty when it cannot be told of. */
    private Optional<List<TopicPartitionInfo>> inspect(TopicSpec topic) {
        TopicDescription description;
        try {
            description = Asking.of(admin.describeTopics(List.of(topic.name()))
                    .topicNameValues()
                    .get(topic.name()));
        } catch (Refused e) {
            findings.add(
                    e.isA(UnknownTopicOrPartitionException.class)
                            ? Finding.fail("topic", topic.name() + " is missing", plan.createCommand(topic))
                            : Finding.fail(
                                    "topic",
                                    topic.name() + " cannot be described: " + e.getMessage(),
                                    "./patchstream acls --application-id "
                                            + settings.stream().applicationId()));
            return Optional.empty();
        }
        List<TopicPartitionInfo> partitions = description.partitions();
        if (partitions.size() < plan.partitions(topic)) {
            findings.add(Finding.warn(
                    "topic",
                    topic.name() + " has " + partitions.size() + " partitions; topics.partitions is "
                            + settings.topics().partitions() + " (cameras move to others when it grows)",
                    plan.tool("kafka-topics.sh") + " --alter --topic " + topic.name() + " --partitions "
                            + settings.topics().partitions()));
        }
        for (TopicPartitionInfo partition : partitions) {
            if (partition.leader() == null || partition.leader().isEmpty()) {
                findings.add(Finding.fail(
                        "topic",
                        topic.name() + "-" + partition.partition() + " has no leader",
                        "start a broker of its replicas: " + partition.replicas()));
            } else if (partition.isr().size() < partition.replicas().size()) {
                findings.add(Finding.warn(
                        "topic",
                        topic.name() + "-" + partition.partition() + " has "
                                + partition.isr().size() + " of "
                                + partition.replicas().size() + " replicas in sync",
                        plan.tool("kafka-topics.sh") + " --describe --under-replicated-partitions"));
            }
        }
        return Optional.of(partitions);
    }

    private void configs(TopicSpec topic, List<TopicPartitionInfo> partitions) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        Config config;
        try {
            config = Asking.of(admin.describeConfigs(List.of(resource)).values().get(resource));
        } catch (Refused e) {
            findings.add(Finding.warn(
                    "topic",
                    topic.name() + ": its configuration cannot be read: " + e.getMessage(),
                    plan.tool("kafka-acls.sh")
                            + " --add --allow-principal User:YOU --operation DescribeConfigs --topic " + topic.name()));
            return;
        }
        String policy = value(config, TopicConfig.CLEANUP_POLICY_CONFIG);
        String planned = topic.cleanUp().policy();
        if (!policy.equals(planned)) {
            // A camera is a key: compaction keeps its newest frame and takes the others.
            boolean loses = policy.contains("compact") && topic.cleanUp() == CleanUp.DELETE;
            findings.add(deviation(
                    loses ? Finding.Level.FAIL : Finding.Level.WARN,
                    topic,
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    policy,
                    planned));
        }
        String compression = value(config, TopicConfig.COMPRESSION_TYPE_CONFIG);
        if (!compression.equals(topic.compression().type())) {
            findings.add(deviation(
                    Finding.Level.WARN,
                    topic,
                    TopicConfig.COMPRESSION_TYPE_CONFIG,
                    compression,
                    topic.compression().type()));
        }
        long largest = Long.parseLong(value(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
        if (largest < topic.maxMessageBytes()) {
            // A dead letter that is too large for its topic stops the processor.
            boolean stops = topic.name().equals(settings.output().deadLetters());
            findings.add(deviation(
                    stops ? Finding.Level.FAIL : Finding.Level.WARN,
                    topic,
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    Long.toString(largest),
                    Integer.toString(topic.maxMessageBytes())));
        } else if (largest > topic.maxMessageBytes()
                && settings.input().topics().contains(topic.name())) {
            findings.add(Finding.warn(
                    "topic",
                    topic.name() + " takes records of " + largest + " bytes; input.max.bytes is "
                            + settings.input().maxBytes() + ", and larger ones cannot be dead-lettered",
                    "set input.max.bytes=" + largest + ", or "
                            + plan.alterCommand(
                                    topic.name(),
                                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                    Integer.toString(topic.maxMessageBytes()))));
        }
        int inSync = Integer.parseInt(value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG));
        int replicas = partitions.get(0).replicas().size();
        if (inSync > replicas) {
            findings.add(deviation(
                    Finding.Level.FAIL,
                    topic,
                    TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                    Integer.toString(inSync),
                    Integer.toString(replicas)));
        }
        if (policy.contains("delete")) {
            retention.put(topic.name(), Long.valueOf(value(config, TopicConfig.RETENTION_MS_CONFIG)));
        }
    }

    private Finding deviation(Finding.Level level, TopicSpec topic, String key, String found, String planned) {
        return new Finding(
                level,
                "topic",
                topic.name() + " has " + key + "=" + found + "; it should be " + planned,
                Optional.of(plan.alterCommand(topic.name(), key, planned)));
    }

    private static String value(Config config, String key) {
        return config.get(key).value();
    }

    /** An answer that goes before its frame makes the ledger miss it. */
    private void compareRetention() {
        for (String input : settings.input().topics()) {
            long frames = retention.getOrDefault(input, 0L);
            for (TopicSpec output : plan.outputs()) {
                Long answers = retention.get(output.name());
                if (answers != null && answers >= 0 && (frames < 0 || frames > answers)) {
                    findings.add(Finding.warn(
                            "topic",
                            output.name() + " keeps records for " + answers + " ms, " + input + " for "
                                    + (frames < 0 ? "ever" : frames + " ms")
                                    + ": the ledger can then not account for old frames",
                            plan.alterCommand(output.name(), TopicConfig.RETENTION_MS_CONFIG, Long.toString(frames))));
                }
            }
        }
    }
}
