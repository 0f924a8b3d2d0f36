package io.patchstream.stream.operate;

import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.operate.Asking.Refused;
import io.patchstream.stream.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Which of the rights that {@code run} needs the principal lacks, by the broker's own word: it is asked what this principal
 * may do with each topic and with the group, and a transaction is begun under an id of the application. A group that is not
 * there yet is tried by an offset in a transaction that is then aborted. Nothing stays of any of it.
 */
final class AclTrial {
    private static final int TRANSACTION_MILLIS = 10_000;

    private final Settings settings;
    private final AclPlan plan;
    private final Admin admin;
    private final List<Finding> findings = new ArrayList<>();

    AclTrial(Settings settings, String principal, Admin admin) {
        this.settings = settings;
        this.plan = new AclPlan(settings, principal);
        this.admin = admin;
    }

    List<Finding> check() {
        for (AclBinding acl : plan.of(AclPlan.Task.RUN)) {
            String name = acl.pattern().name();
            try {
                boolean allowed = switch (acl.pattern().resourceType()) {
                    case TOPIC -> mayUseTopic(name, acl.entry().operation());
                    case GROUP -> mayReadGroup(name);
                    case TRANSACTIONAL_ID -> mayTransact(name + "doctor", Optional.empty());
                    default -> throw new IllegalStateException("the plan has no " + acl.pattern());
                };
                if (!allowed) {
                    lacks(acl);
                }
            } catch (Refused e) {
                if (e.isA(AuthorizationException.class)) {
                    lacks(acl);
                } else if (!e.isA(UnknownTopicOrPartitionException.class)) {
                    // A topic that is missing is told of already.
                    findings.add(Finding.fail(
                            "acl", describe(acl) + " cannot be tried: " + e.getMessage(), "see the broker's log"));
                }
            }
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok("acl", "the rights of run are there, transactions too"));
        }
        return findings;
    }

    private void lacks(AclBinding acl) {
        findings.add(Finding.fail("acl", plan.principal() + " lacks " + describe(acl), plan.command(acl)));
    }

    private static String describe(AclBinding acl) {
        return acl.entry().operation() + " on " + acl.pattern().resourceType() + " "
                + acl.pattern().name();
    }

    private boolean mayUseTopic(String topic, AclOperation operation) throws Refused {
        Set<AclOperation> allowed = Asking.of(admin.describeTopics(
                                List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .topicNameValues()
                        .get(topic))
                .authorizedOperations();
        return allowed == null || allowed.contains(operation);
    }

    private boolean mayReadGroup(String group) throws Refused {
        try {
            Set<AclOperation> allowed = Asking.of(admin.describeConsumerGroups(
                                    List.of(group),
                                    new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                            .describedGroups()
                            .get(group))
                    .authorizedOperations();
            return allowed == null || allowed.contains(AclOperation.READ);
        } catch (Refused e) {
            if (e.isA(GroupIdNotFoundException.class)) {
                return mayTransact(settings.stream().applicationId() + "-doctor", Optional.of(group));
            }
            throw e;
        }
    }

    /** With a group: an offset of the first input, in a transaction that is aborted. */
    private boolean mayTransact(String id, Optional<String> group) throws Refused {
        Map<String, Object> config = new HashMap<>(Lookup.clients(settings).getProducerConfigs("patchstream-doctor"));
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Asking.PATIENCE.toMillis());
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            if (group.isPresent()) {
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(
                        Map.of(new TopicPartition(settings.input().topics().get(0), 0), new OffsetAndMetadata(0)),
                        new ConsumerGroupMetadata(group.get()));
                producer.abortTransaction();
            }
            return true;
        } catch (AuthorizationException e) {
            // That the id is refused is told for the id itself, and that a topic is, for the topic.
            return group.isPresent() && !(e instanceof org.apache.kafka.common.errors.GroupAuthorizationException);
        } catch (KafkaException e) {
            throw new Refused(e);
        } finally {
            producer.close(Duration.ofSeconds(1));
        }
    }
}
