package io.patchstream.stream.plugins;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A processor whose records are read and written by Confluent's class names, between clients that use ours. */
@ExtendWith(RealKafka.class)
class PluggedSerdeIT {
    @TempDir
    private Path folder;

    @Test
    void shouldLabelFramesOfOthersAndBeReadByOthers(RealKafka.Broker kafka) throws Exception {
        Map<String, String> values = new HashMap<>(kafka.settings("plugged"));
        values.put("plugin.path", StandInJar.under(folder).toString());
        values.put("serde.serializer", "io.confluent.kafka.serializers.KafkaAvroSerializer");
        values.put("serde.deserializer", "io.confluent.kafka.serializers.KafkaAvroDeserializer");
        values.put("serde.record.to", folder.resolve("configured").toString());
        Settings settings = Settings.of(values);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(values.get("input.topics"), 1, (short) 1)))
                    .all()
                    .get();
        }
        Map<String, String> registry = Map.of("schema.registry.url", kafka.registryUrl());
        try (AvroSerializer<Frame> frames = new AvroSerializer<>()) {
            frames.configure(registry, false);
            try (KafkaProducer<String, Frame> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(), frames)) {
                producer.send(new ProducerRecord<>(values.get("input.topics"), "door", frame()))
                        .get();
            }
        }
        List<Classification> labels = new ArrayList<>();
        try (AvroDeserializer<Classification> reader = new AvroDeserializer<>(Classification.class);
                FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(settings, engine);
                Lookup lookup = Lookup.open(settings)) {
            reader.configure(registry, false);
            processor.awaitRunning(Duration.ofMinutes(1));
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                labels.clear();
                lookup.readAll(
                        values.get("output.labels"),
                        record -> labels.add(reader.deserialize(record.topic(), record.value())));
                return !labels.isEmpty();
            });
        }
        assertThat(labels).singleElement().satisfies(label -> {
            assertThat(label.getFrameId()).isEqualTo("f-1");
            assertThat(label.getLineage().getSourceOffset()).isZero();
        });
        assertThat(Files.readString(folder.resolve("configured")))
                .contains("KafkaAvroSerializer isKey=false")
                .contains("KafkaAvroDeserializer isKey=false");
    }

    private static Frame frame() {
        return Frame.newBuilder()
                .setFrameId("f-1")
                .setCameraId("door")
                .setSequence(7)
                .setCapturedAt(Instant.parse("2026-11-23T04:00:00.123456Z"))
                .setEncoding(Encoding.JPEG)
                .setPayload(ByteBuffer.wrap("picture".getBytes(UTF_8)))
                .build();
    }
}
