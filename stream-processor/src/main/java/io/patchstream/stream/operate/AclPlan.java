package io.patchstream.stream.operate;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.stream.topics.TopicPlan;
import io.patchstream.stream.topology.FrameTopology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The least that a principal needs to be allowed, and nothing that another allowance implies: Read and Write imply
 * Describe. The topics are taken to be there.
 *
 * @param settings whose topics and application
 * @param principal such as {@code User:patchstream}
 * @param ledger the topic that {@code ledger write} writes
 * @param group in which labels or alarms are read, if they are; for alarms the webhook's own without
 */
record AclPlan(Settings settings, String principal, String ledger, Optional<String> group) {
    /** What it is to be allowed to do. */
    enum Task {
        /** {@code run}. */
        RUN,
        /** {@code dlq list, show and replay}. */
        DLQ,
        /** {@code ledger check, explain}. */
        LEDGER,
        /** {@code ledger write}. */
        LEDGER_WRITE,
        /** {@code ingest}: whatever writes frames. */
        INGEST,
        /** {@code models publish, list}; needs {@code model.topic}. */
        MODELS,
        /** Whatever reads labels, in a group of its own. */
        LABELS,
        /** {@code rules webhook}, and whatever else reads alarms in a group of its own. */
        ALARMS;

        /** As it is said on the command line. */
        @Override
        public String toString() {
            return name().replace('_', '-');
        }
    }

    /** With the ledger's own name, and no group. */
    AclPlan(Settings settings, String principal) {
        this(settings, principal, Topics.standard().ledger().name(), Optional.empty());
    }

    List<AclBinding> of(Task task) {
        TopicPlan plan = new TopicPlan(settings);
        String application = settings.stream().applicationId();
        List<AclBinding> acls = new ArrayList<>();
        switch (task) {
            case RUN -> {
                plan.inputs().forEach(topic -> acls.add(topic(topic, READ)));
                plan.models().ifPresent(topic -> acls.add(topic(topic, READ)));
                plan.written().forEach(topic -> acls.add(topic(topic, WRITE)));
                FrameTopology.changelogs(settings).forEach(topic -> {
                    for (AclOperation operation : List.of(READ, WRITE, CREATE)) {
                        acls.add(acl(ResourceType.TOPIC, PatternType.LITERAL, topic, operation));
                    }
                });
                acls.add(acl(ResourceType.GROUP, PatternType.LITERAL, application, READ));
                // Each stream thread has an id of its own, drawn anew at each start.
                acls.add(acl(ResourceType.TRANSACTIONAL_ID, PatternType.PREFIXED, application + "-", WRITE));
            }
            case DLQ -> {
                acls.add(acl(
                        ResourceType.TOPIC,
                        PatternType.LITERAL,
                        settings.output().deadLetters(),
                        READ));
                plan.inputs().forEach(topic -> acls.add(topic(topic, READ)));
                plan.inputs().forEach(topic -> acls.add(topic(topic, WRITE)));
                acls.add(topic(plan.replays(), READ));
                acls.add(topic(plan.replays(), WRITE));
                acls.add(acl(ResourceType.TRANSACTIONAL_ID, PatternType.LITERAL, application + "-dlq-replay", WRITE));
            }
            case LEDGER -> {
                plan.inputs().forEach(topic -> acls.add(topic(topic, READ)));
                plan.outputs().forEach(topic -> acls.add(topic(topic, READ)));
                plan.extras().forEach(topic -> acls.add(topic(topic, READ)));
                acls.add(acl(ResourceType.GROUP, PatternType.LITERAL, application, DESCRIBE));
            }
            case LEDGER_WRITE -> {
                acls.addAll(of(Task.LEDGER));
                acls.add(acl(ResourceType.TOPIC, PatternType.LITERAL, ledger, READ));
                acls.add(acl(ResourceType.TOPIC, PatternType.LITERAL, ledger, WRITE));
            }
            case MODELS -> {
                if (plan.models().isEmpty()) {
                    throw new SettingsException(List.of("model.topic is empty; it must name the models topic"));
                }
                acls.add(topic(plan.models().get(), READ));
                acls.add(topic(plan.models().get(), WRITE));
            }
            case INGEST -> plan.inputs().forEach(topic -> acls.add(topic(topic, WRITE)));
            case LABELS -> {
                String reads = group.orElseThrow(() -> new SettingsException(
                        List.of("--group is missing; it must name the group in which labels are read")));
                acls.add(acl(
                        ResourceType.TOPIC,
                        PatternType.LITERAL,
                        settings.output().labels(),
                        READ));
                acls.add(acl(ResourceType.GROUP, PatternType.LITERAL, reads, READ));
            }
            case ALARMS -> {
                acls.add(acl(
                        ResourceType.TOPIC,
                        PatternType.LITERAL,
                        settings.rules().topic(),
                        READ));
                acls.add(acl(ResourceType.GROUP, PatternType.LITERAL, group.orElse(application + "-webhook"), READ));
            }
        }
        return acls;
    }

    private AclBinding topic(TopicSpec topic, AclOperation operation) {
        return acl(ResourceType.TOPIC, PatternType.LITERAL, topic.name(), operation);
    }

    private AclBinding acl(ResourceType type, PatternType pattern, String name, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    /** The command of Kafka's that adds it. */
    String command(AclBinding acl) {
        String option = switch (acl.pattern().resourceType()) {
            case TOPIC -> " --topic ";
            case GROUP -> " --group ";
            case TRANSACTIONAL_ID -> " --transactional-id ";
            default -> throw new IllegalArgumentException("none of the plan is on a " + acl.pattern());
        };
        return new TopicPlan(settings).tool("kafka-acls.sh") + " --add --allow-principal '" + principal
                + "' --operation " + word(acl.entry().operation()) + option
                + acl.pattern().name()
                + (acl.pattern().patternType() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "");
    }

    Map<String, Object> toJson(AclBinding acl) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("principal", principal);
        json.put("operation", word(acl.entry().operation()));
        json.put("resource_type", acl.pattern().resourceType().name().toLowerCase(Locale.ROOT));
        json.put("pattern_type", acl.pattern().patternType().name().toLowerCase(Locale.ROOT));
        json.put("name", acl.pattern().name());
        json.put("host", "*");
        return json;
    }

    /** As Kafka's tools write it: {@code Read}. */
    private static String word(AclOperation operation) {
        String name = operation.name().toLowerCase(Locale.ROOT);
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
