package io.patchstream.bench.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.bench.Photographs;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.VideoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The cameras in a process of their own: sends frames at a steady pace, writes what the broker has acknowledged to an {@link
 * AckLog}, and goes on after a kill with numbers that were never sent. SIGTERM ends it when all that it sent is
 * acknowledged.
 */
@Command(name = "generator")
final class GeneratorProcess implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(GeneratorProcess.class);
    private static final int RESERVED = 1000;
    private static final int PICTURES = 32;
    private static final int SIDE = 32;
    private static final int PATIENCE_MILLIS = 600_000;
    private static final long LONGEST_DEBT = TimeUnit.SECONDS.toNanos(1);

    @Option(names = "--bootstrap", required = true)
    private String bootstrap;

    @Option(names = "--registry", required = true)
    private String registry;

    @Option(names = "--topic", required = true)
    private String topic;

    @Option(names = "--log", required = true)
    private Path log;

    @Option(names = "--seed", required = true)
    private long seed;

    @Option(names = "--cameras", required = true)
    private int cameras;

    @Option(names = "--partitions", required = true)
    private int partitions;

    @Option(names = "--broken-every", required = true)
    private int brokenEvery;

    @Option(names = "--frames-per-second", required = true)
    private double framesPerSecond;

    @Option(names = "--jpeg")
    private boolean jpeg;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Frames frames;
    private List<byte[]> pictures = List.of();

    private GeneratorProcess() {}

    /**
     * The command line of one that sends to the standard topic of a broker here.
     *
     * @param log where it writes what is acknowledged
     * @param jpeg whether payloads are pictures that a model can answer
     */
    static List<String> arguments(
            int brokerPort,
            int registryPort,
            Path log,
            Frames frames,
            int partitions,
            double framesPerSecond,
            boolean jpeg) {
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap=127.0.0.1:" + brokerPort,
                "--registry=http://127.0.0.1:" + registryPort,
                "--topic=" + Topics.standard().frames().name(),
                "--log=" + log,
                "--seed=" + frames.seed(),
                "--cameras=" + frames.cameras(),
                "--broken-every=" + frames.brokenEvery(),
                "--partitions=" + partitions,
                "--frames-per-second=" + framesPerSecond));
        if (jpeg) {
            arguments.add("--jpeg");
        }
        return arguments;
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new GeneratorProcess()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
        frames = new Frames(seed, cameras, brokenEvery);
        if (jpeg) {
            pictures = jpegs();
        }
        try (AckLog acks = new AckLog(log);
                AvroSerializer<Frame> serializer = new AvroSerializer<>();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrap,
                                "linger.ms",
                                5,
                                "delivery.timeout.ms",
                                PATIENCE_MILLIS,
                                "max.block.ms",
                                PATIENCE_MILLIS),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            serializer.configure(Map.of("schema.registry.url", registry), false);
            send(acks, serializer, producer);
            producer.flush();
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    private static List<byte[]> jpegs() throws VideoException {
        List<byte[]> jpegs = new ArrayList<>();
        try (JpegEncoder encoder = new JpegEncoder(80)) {
            for (int i = 0; i < PICTURES; i++) {
                jpegs.add(encoder.encode(Photographs.paint(SIDE, SIDE, i)));
            }
        }
        return jpegs;
    }

    private void send(AckLog acks, AvroSerializer<Frame> serializer, KafkaProducer<byte[], byte[]> producer)
            throws IOException, InterruptedException {
        long reserved = reservedBefore();
        long period = (long) (1e9 / framesPerSecond);
        long due = System.nanoTime();
        for (long n = reserved; !stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS); n++) {
            if (n == reserved) {
                reserved += RESERVED;
                acks.reserve(reserved);
            }
            send(n, acks, serializer, producer);
            // A broker that was away is not met with all that it missed at once.
            due = Math.max(due + period, System.nanoTime() - LONGEST_DEBT);
        }
    }

    private long reservedBefore() throws IOException {
        try (AckLog.Tail past = new AckLog.Tail(log)) {
            past.read(ack -> {});
            return past.reserved();
        }
    }

    private void send(
            long number, AckLog acks, AvroSerializer<Frame> serializer, KafkaProducer<byte[], byte[]> producer)
            throws InterruptedException {
        int camera = frames.camera(number);
        byte[] value = frames.isGarbage(number) ? Frames.garbage(number) : serialize(serializer, frame(number));
        byte[] key = ("camera-" + camera).getBytes(UTF_8);
        producer.send(new ProducerRecord<>(topic, camera % partitions, key, value), (at, failure) -> {
            if (failure != null) {
                LOG.warn("frame {} was not taken", number, failure);
                return;
            }
            try {
                acks.acknowledge(new AckLog.Ack(number, at.partition(), at.offset()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Frame frame(long number) {
        byte[] payload = pictures.isEmpty() || frames.isBroken(number)
                ? frames.payload(number)
                : pictures.get((int) (number % pictures.size()));
        return new Frame(
                frames.id(number),
                "camera-" + frames.camera(number),
                frames.sequence(number),
                Instant.now(),
                Encoding.JPEG,
                1,
                ByteBuffer.wrap(payload),
                Map.of());
    }

    /** The registry may be away with its broker. */
    private byte[] serialize(AvroSerializer<Frame> serializer, Frame frame) throws InterruptedException {
        while (true) {
            try {
                return serializer.serialize(topic, frame);
            } catch (RuntimeException e) {
                LOG.warn("registry does not answer: {}", e.toString());
                if (stop.await(500, TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    private void end() {
        stop.countDown();
        try {
            if (!stopped.await(60, TimeUnit.SECONDS)) {
                LOG.warn("not all that was sent is acknowledged");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
