package io.patchstream.stream.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.settings.Settings;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A source topic that a test fills by hand: it says which partition gets what, in transactions that it may abort. */
public final class Pictures implements AutoCloseable {
    /** Young enough for retention. */
    private static final long BORN = System.currentTimeMillis();

    private final String topic;
    private final AvroSerializer<Frame> serializer = new AvroSerializer<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private int sent;

    /** Creates the first input topic of {@code settings}. */
    public Pictures(Settings settings, int partitions) throws Exception {
        topic = settings.input().topics().get(0);
        String servers = settings.kafka().get("bootstrap.servers");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
        serializer.configure(settings.serde().config(), false);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "transactional.id", topic),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    /** Opens a transaction: what follows becomes visible with {@link #commit}. */
    public void begin() {
        producer.beginTransaction();
    }

    public void commit() {
        producer.commitTransaction();
    }

    /** Undoes what the broker has already written. */
    public void abort() {
        producer.flush();
        producer.abortTransaction();
    }

    /** Sends a frame of as many pictures as it says. */
    public void send(int partition, String camera, int pictures, byte[] payload) {
        int number = sent++;
        Frame frame = new Frame(
                camera + "-" + number,
                camera,
                (long) number,
                Instant.ofEpochMilli(BORN + number),
                Encoding.UNKNOWN,
                pictures,
                ByteBuffer.wrap(payload),
                Map.of());
        producer.send(new ProducerRecord<>(
                topic, partition, BORN + number, camera.getBytes(UTF_8), serializer.serialize(topic, frame)));
    }

    /** Sends a record that is no frame. */
    public void sendRubbish(int partition, String camera) {
        producer.send(new ProducerRecord<>(
                topic, partition, BORN + sent++, camera.getBytes(UTF_8), "no frame".getBytes(UTF_8)));
    }

    /** A small JPEG that no other seed gives. */
    public static byte[] jpeg(int seed) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(48, 40, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (int i = 0; i < 6; i++) {
            graphics.setColor(new Color(random.nextInt(1 << 24)));
            graphics.fillOval(random.nextInt(40), random.nextInt(32), 4 + random.nextInt(20), 4 + random.nextInt(20));
        }
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "jpeg", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        producer.close();
        serializer.close();
    }
}
