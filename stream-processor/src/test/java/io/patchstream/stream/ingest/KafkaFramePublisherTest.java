package io.patchstream.stream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

final class KafkaFramePublisherTest {
    private static final Serializer<Object> NO_BYTES = (topic, value) -> new byte[0];

    private final MockProducer<String, Object> producer =
            new MockProducer<>(false, null, new StringSerializer(), NO_BYTES);
    private final KafkaFramePublisher publisher = new KafkaFramePublisher(producer, "frames", 1 << 20);

    @Test
    void shouldKeyFramesByTheirCamera() throws InterruptedException {
        publisher.publish(frame(0));

        assertThat(producer.history().get(0).key()).isEqualTo("cam-1");
        assertThat(producer.history().get(0).topic()).isEqualTo("frames");
    }

    @Test
    void shouldFailEveryCameraOnceAFrameIsLost() throws InterruptedException {
        publisher.publish(frame(0));
        producer.errorNext(new TimeoutException("120 s passed"));

        assertThatThrownBy(() -> publisher.publish(frame(1)))
                .isInstanceOf(PublishFailedException.class)
                .hasMessageContaining("cam-1")
                .hasMessageContaining("120 s passed");
        assertThatThrownBy(publisher::flush).isInstanceOf(PublishFailedException.class);
    }

    @Test
    void shouldMakeCamerasWaitWhenTooMuchIsOnItsWay() throws Exception {
        CompletableFuture<Void> camera = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    publisher.publish(frame(i));
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> producer.history().size() == 256);
        assertThat(camera).isNotDone();

        for (int i = 0; i < 44; i++) {
            producer.completeNext();
        }

        camera.get();
        assertThat(publisher.confirmed()).isEqualTo(44);
        assertThat(producer.history()).hasSize(300);
    }

    private static Frame frame(long sequence) {
        return Frame.newBuilder()
                .setFrameId("f" + sequence)
                .setCameraId("cam-1")
                .setSequence(sequence)
                .setCapturedAt(Instant.EPOCH)
                .setEncoding(Encoding.JPEG)
                .setPayload(ByteBuffer.allocate(1))
                .setAttributes(Map.of())
                .build();
    }
}
