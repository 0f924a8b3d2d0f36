package io.patchstream.stream.alarms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.serde.HttpSchemaRegistry;
import io.patchstream.schemas.serde.SchemaRegistryConfig;
import io.patchstream.schemas.serde.SchemaRegistryException;
import io.patchstream.stream.alarms.Webhook.Fate;
import io.patchstream.stream.alarms.Webhook.Reply;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AlarmCourierTest {
    private static final String TOPIC = "alarms";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);
    private static final Reply TAKEN = new Reply(Fate.TAKEN, "status 200", Duration.ZERO);
    private static final Reply LATER = new Reply(Fate.LATER, "status 503", Duration.ZERO);
    private static final Reply REFUSED = new Reply(Fate.REFUSED, "status 400", Duration.ZERO);

    @TempDir
    private Path folder;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            if (isCommitRefused) {
                isCommitRefused = false;
                throw new CommitFailedException("for the test");
            }
            super.commitSync(offsets);
        }
    };
    private boolean isCommitRefused;
    private final List<String> told = new ArrayList<>();
    private final Deque<RuntimeException> registry = new ArrayDeque<>();
    private final Deque<Supplier<Reply>> replies = new ArrayDeque<>();
    private AlarmCourier courier;

    /** Without a registry; fails first as a test says. */
    private final class Records extends AlarmReader {
        Records() {
            super(Settings.of(Map.of()));
        }

        @Override
        public Optional<Alarm> read(ConsumerRecord<byte[], byte[]> record) {
            if (!registry.isEmpty()) {
                throw registry.remove();
            }
            try {
                return record.value() == null
                        ? Optional.empty()
                        : Optional.of(Alarm.fromByteBuffer(ByteBuffer.wrap(record.value())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Replies as a test says, then takes everything; stops the courier when there is nothing more to tell. */
    private final class Script extends Webhook {
        Script() {
            super(
                    WebhookAddress.of("http://localhost/", Map.of(), false),
                    Optional.empty(),
                    Duration.ofSeconds(1),
                    Clock.systemUTC());
        }

        @Override
        Reply post(String id, byte[] body) {
            told.add(id);
            return replies.isEmpty() ? TAKEN : replies.remove().get();
        }
    }

    private void run(boolean isFromEnd, Optional<RefusedAlarms> refusals) throws InterruptedException {
        courier = new AlarmCourier(
                consumer, new Records(), new Script(), refusals, Duration.ofMillis(20), Duration.ofMillis(40));
        courier.run(TOPIC, isFromEnd);
    }

    private void assign(TopicPartition... partitions) {
        consumer.rebalance(List.of(partitions));
    }

    private void add(TopicPartition partition, long offset, Alarm alarm) {
        try {
            byte[] value = alarm == null ? null : alarm.toByteBuffer().array();
            consumer.addRecord(new ConsumerRecord<>(TOPIC, partition.partition(), offset, new byte[0], value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Alarms 0, 1 and so on of a camera, each at its offset. */
    private List<String> fill(TopicPartition partition, String camera, int alarms) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < alarms; i++) {
            Alarm alarm = SampleAlarms.raised(camera, i + 1);
            add(partition, i, alarm);
            ids.add(alarm.getId());
        }
        return ids;
    }

    private void begin(TopicPartition... partitions) {
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, 5L, SECOND, 7L));
        Node node = new Node(0, "x", 1);
        consumer.updatePartitions(
                TOPIC,
                List.of(
                        new PartitionInfo(TOPIC, 0, node, new Node[0], new Node[0]),
                        new PartitionInfo(TOPIC, 1, node, new Node[0], new Node[0])));
        consumer.schedulePollTask(() -> assign(partitions));
    }

    private long committed(TopicPartition partition) {
        var offset = consumer.committed(Set.of(partition)).get(partition);
        return offset == null ? -1 : offset.offset();
    }

    @Test
    void shouldTellEachAlarmUntilItIsTakenAndCommitThen() throws Exception {
        begin(FIRST);
        List<String> ids = new ArrayList<>();
        consumer.schedulePollTask(() -> ids.addAll(fill(FIRST, "door", 3)));
        replies.add(() -> TAKEN);
        for (int i = 0; i < 3; i++) {
            replies.add(() -> {
                assertThat(committed(FIRST)).isEqualTo(1);
                return LATER;
            });
        }
        replies.add(() -> TAKEN);
        replies.add(() -> {
            assertThat(committed(FIRST)).isEqualTo(2);
            courier.stop();
            return TAKEN;
        });

        run(false, Optional.empty());

        assertThat(told).containsExactly(ids.get(0), ids.get(1), ids.get(1), ids.get(1), ids.get(1), ids.get(2));
        assertThat(committed(FIRST)).isEqualTo(3);
        assertThat(courier.tally()).isEqualTo(new AlarmCourier.Tally(3, 0, 0, 3));
    }

    @Test
    void shouldStayInTheGroupWhileItWaitsAndTakeNothingMeanwhile() throws Exception {
        begin(FIRST);
        consumer.schedulePollTask(() -> fill(FIRST, "door", 1));
        List<Set<TopicPartition>> paused = new ArrayList<>();
        replies.add(() -> {
            consumer.schedulePollTask(() -> paused.add(Set.copyOf(consumer.paused())));
            return LATER;
        });
        replies.add(() -> {
            paused.add(Set.copyOf(consumer.paused()));
            courier.stop();
            return TAKEN;
        });

        run(false, Optional.empty());

        assertThat(paused).containsExactly(Set.of(FIRST), Set.of());
    }

    @Test
    void shouldLeaveToOthersWhatItLosesWhileItWaits() throws Exception {
        begin(FIRST, SECOND);
        Map<TopicPartition, List<String>> ids = new HashMap<>();
        consumer.schedulePollTask(() -> {
            ids.put(FIRST, fill(FIRST, "door", 2));
            ids.put(SECOND, fill(SECOND, "gate", 2));
        });
        List<TopicPartition> kept = new ArrayList<>();
        replies.add(() -> {
            kept.add(ids.get(FIRST).contains(told.get(0)) ? SECOND : FIRST);
            consumer.schedulePollTask(() -> assign(kept.get(0)));
            return LATER;
        });
        replies.add(() -> TAKEN);
        replies.add(() -> {
            courier.stop();
            return TAKEN;
        });

        run(false, Optional.empty());

        assertThat(told.subList(1, told.size())).isEqualTo(ids.get(kept.get(0)));
        assertThat(committed(kept.get(0))).isEqualTo(2);
        assertThat(committed(kept.get(0).equals(FIRST) ? SECOND : FIRST)).isEqualTo(-1);
    }

    @Test
    void shouldEndAtAnAlarmThatIsRefusedAndNotCommitIt() {
        begin(FIRST);
        List<String> ids = new ArrayList<>();
        consumer.schedulePollTask(() -> ids.addAll(fill(FIRST, "door", 3)));
        replies.add(() -> TAKEN);
        replies.add(() -> REFUSED);

        assertThatThrownBy(() -> run(false, Optional.empty()))
                .isInstanceOf(ProcessorFailedException.class)
                .hasMessageContaining("(status 400)")
                .satisfies(e -> assertThat(e).hasMessageContaining(ids.get(1)));

        assertThat(told).hasSize(2);
        assertThat(committed(FIRST)).isEqualTo(1);
    }

    /** What the registry's client throws when it has asked {@code url} in vain. */
    private static RuntimeException failure(String url) {
        HttpSchemaRegistry client = new HttpSchemaRegistry(SchemaRegistryConfig.parse(
                Map.of("schema.registry.url", url, "max.retries", "0", "schema.registry.request.timeout.ms", "5000")));
        return catchThrowableOfType(RuntimeException.class, () -> client.byId(1));
    }

    @Test
    void shouldWaitForARegistryThatDoesNotAnswerAndThenTellEachOnce() throws Exception {
        begin(FIRST);
        List<String> ids = new ArrayList<>();
        List<Set<TopicPartition>> paused = new ArrayList<>();
        consumer.schedulePollTask(() -> {
            ids.addAll(fill(FIRST, "door", 2));
            consumer.schedulePollTask(() -> paused.add(Set.copyOf(consumer.paused())));
        });
        registry.add(failure("http://127.0.0.1:9"));
        registry.add(failure("http://127.0.0.1:9"));
        replies.add(() -> {
            assertThat(committed(FIRST)).isEqualTo(-1);
            return TAKEN;
        });
        replies.add(() -> {
            courier.stop();
            return TAKEN;
        });

        run(false, Optional.empty());

        assertThat(paused).containsExactly(Set.of(FIRST));
        assertThat(told).isEqualTo(ids);
        assertThat(committed(FIRST)).isEqualTo(2);
        assertThat(courier.tally()).isEqualTo(new AlarmCourier.Tally(2, 0, 0, 0));
    }

    @Test
    void shouldStopWhileItWaitsForARegistry() throws Exception {
        begin(FIRST);
        consumer.schedulePollTask(() -> {
            fill(FIRST, "door", 1);
            consumer.schedulePollTask(() -> courier.stop());
        });
        registry.add(failure("http://127.0.0.1:9"));

        run(false, Optional.empty());

        assertThat(told).isEmpty();
        assertThat(committed(FIRST)).isEqualTo(-1);
    }

    /** It answers, and will answer the same the next time. */
    @Test
    void shouldEndAtARegistryThatRefuses() throws Exception {
        begin(FIRST);
        consumer.schedulePollTask(() -> fill(FIRST, "door", 1));
        HttpServer refusing = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        refusing.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(401, -1);
            }
        });
        refusing.start();
        try {
            registry.add(failure("http://127.0.0.1:" + refusing.getAddress().getPort()));
        } finally {
            refusing.stop(0);
        }

        assertThatThrownBy(() -> run(false, Optional.empty()))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("does not let us in");

        assertThat(told).isEmpty();
        assertThat(committed(FIRST)).isEqualTo(-1);
    }

    @Test
    void shouldKeepWhatIsRefusedAndGoOnWhereThereIsAFile() throws Exception {
        begin(FIRST);
        List<String> ids = new ArrayList<>();
        consumer.schedulePollTask(() -> {
            ids.addAll(fill(FIRST, "door", 2));
            add(FIRST, 2, null);
            add(FIRST, 3, SampleAlarms.raised("door", 9));
        });
        Path file = folder.resolve("refused.jsonl");
        replies.add(() -> REFUSED);
        replies.add(() -> REFUSED);
        replies.add(() -> {
            courier.stop();
            return TAKEN;
        });

        run(false, Optional.of(new RefusedAlarms(file)));

        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("\"reply\":\"status 400\",\"alarm\":{\"id\":\""));
        assertThat(Files.readString(file)).contains(ids);
        assertThat(committed(FIRST)).isEqualTo(4);
        assertThat(courier.tally()).isEqualTo(new AlarmCourier.Tally(1, 2, 1, 0));
    }

    @Test
    void shouldTellAgainWhatCouldNotBeCommitted() throws Exception {
        begin(FIRST);
        List<String> ids = new ArrayList<>();
        consumer.schedulePollTask(() -> ids.addAll(fill(FIRST, "door", 2)));
        replies.add(() -> {
            isCommitRefused = true;
            consumer.schedulePollTask(() -> fill(FIRST, "door", 2));
            return TAKEN;
        });
        replies.add(() -> {
            courier.stop();
            return TAKEN;
        });

        run(false, Optional.empty());

        assertThat(told).containsExactly(ids.get(0), ids.get(0));
        assertThat(committed(FIRST)).isEqualTo(1);
    }

    @Test
    void shouldBeginWithTheNextAlarmWhereTheGroupIsNewAndCommitThatAtOnce() throws Exception {
        begin(FIRST, SECOND);
        consumer.schedulePollTask(() -> courier.stop());

        run(true, Optional.empty());

        assertThat(committed(FIRST)).isEqualTo(5);
        assertThat(committed(SECOND)).isEqualTo(7);
        assertThat(consumer.position(FIRST)).isEqualTo(5);
    }

    @Test
    void shouldLeaveNothingOutWhereTheGroupHasReadBefore() throws Exception {
        consumer.schedulePollTask(() -> consumer.commitSync(Map.of(FIRST, new OffsetAndMetadata(3))));
        begin(FIRST, SECOND);
        consumer.schedulePollTask(() -> courier.stop());

        run(true, Optional.empty());

        assertThat(committed(FIRST)).isEqualTo(3);
        assertThat(committed(SECOND)).isEqualTo(-1);
    }
}
