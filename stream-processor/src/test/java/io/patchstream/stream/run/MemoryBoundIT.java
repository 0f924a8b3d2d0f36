package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.operate.Jvm;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * 64 partitions of frames as large as 4K pictures, more of them at once than the heap can hold: a processor that is bounded
 * by the number of records alone dies of it.
 */
@ExtendWith(RealKafka.class)
class MemoryBoundIT {
    private static final int PARTITIONS = 64;
    private static final int FRAMES = 320;
    private static final int FRAME_BYTES = 1_500_000;
    private static final String HEAP = "-Xmx192m";

    @TempDir
    Path folder;

    @Test
    void shouldAnswerAllInAHeapThatHoldsFew(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("memory"));
        values.put("input.format", "image");
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, PARTITIONS);
        send(settings);

        Path log = folder.resolve("bounded.log");
        Process process = start(values, log);
        try {
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() ->
                            !process.isAlive() || FrameAccounts.audit(settings).labels() >= FRAMES);
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        } finally {
            process.destroy();
            process.waitFor(20, TimeUnit.SECONDS);
            process.destroyForcibly();
        }
        assertThat(Files.readString(log)).doesNotContain("OutOfMemoryError");
        FrameAccounts accounts = FrameAccounts.audit(settings);
        assertThat(accounts.frames()).isEqualTo(FRAMES);
        assertThat(accounts.lost()).isEmpty();
        assertThat(accounts.duplicated()).isEmpty();
    }

    private static void send(Settings settings) throws Exception {
        byte[] frame = new byte[FRAME_BYTES];
        new Random(4).nextBytes(frame);
        List<Future<RecordMetadata>> records = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", settings.kafka().get("bootstrap.servers"), "max.request.size", 2 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < FRAMES; i++) {
                records.add(producer.send(new ProducerRecord<>(
                        settings.input().topics().get(0),
                        i % PARTITIONS,
                        ("camera-" + i % PARTITIONS).getBytes(),
                        frame)));
            }
            for (Future<RecordMetadata> record : records) {
                record.get();
            }
        }
    }

    private static Process start(Map<String, String> values, Path log) throws IOException {
        ProcessBuilder builder = Jvm.of(log, HEAP, "-XX:+ExitOnOutOfMemoryError", Bounded.class.getName());
        values.forEach((key, value) -> builder.command().add(key + "=" + value));
        return builder.start();
    }

    /** The processor of the test: an engine that would take thousands of frames at once. */
    static final class Bounded {
        private Bounded() {}

        public static void main(String[] arguments) throws Exception {
            Map<String, String> values = new HashMap<>();
            for (String argument : arguments) {
                int equals = argument.indexOf('=');
                values.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
            Settings settings = Settings.of(values);
            try (FakeEngine engine = new FakeEngine(Duration.ofMillis(20), Duration.ofMillis(5), 4096);
                    StreamProcessor processor = StreamProcessor.start(settings, engine)) {
                Runtime.getRuntime().addShutdownHook(new Thread(processor::requestStop));
                processor.awaitStopped();
            }
        }
    }
}
