package io.patchstream.stream.ingest;

import io.patchstream.stream.run.StopSignal;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsLoader;
import io.patchstream.stream.topology.Serdes;
import io.patchstream.vision.video.VideoLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ingest}: one camera into Kafka. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = {
            "Puts a source's pictures on the frames topic, keyed by camera.",
            "Image files go as they are; a video's pictures are encoded anew. A file is sent at its own speed,"
                    + " a live source is connected to again when it breaks. Stop it with Ctrl-C or SIGTERM."
        })
public final class IngestCommand implements Callable<Integer> {
    private static final double FILES_PER_SECOND = 10;
    private static final Duration BROKER_PATIENCE = Duration.ofMinutes(2);

    /** How a video's pictures are sent. */
    enum VideoEncoding {
        JPEG,
        H264
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--source",
            required = true,
            paramLabel = "URI",
            description = "A video file, an image, a folder or zip of images, rtsp://..., http(s)://... (HLS too),"
                    + " webcam:0, or lavfi:GRAPH for FFmpeg's test pictures. $${env:NAME} and $${file:PATH:KEY} within it"
                    + " are read from there.")
    private String source;

    @Option(names = "--camera", required = true, paramLabel = "ID", description = "The camera's id: the records' key.")
    private String camera;

    @Option(
            names = "--fps",
            paramLabel = "F",
            description =
                    "At most so many pictures of a video's second; so many image files a second (default: all; 10).")
    private Double fps;

    @Option(names = "--loop", description = "Begin a file again at its end.")
    private boolean loop;

    @Option(names = "--unpaced", description = "Send a file as fast as Kafka takes it, not at its own speed.")
    private boolean unpaced;

    @Option(
            names = "--encoding",
            defaultValue = "jpeg",
            paramLabel = "E",
            description = "jpeg: a record for each picture; h264: a closed group of pictures for each record.")
    private VideoEncoding encoding;

    @Option(
            names = "--segment-pictures",
            defaultValue = "10",
            paramLabel = "N",
            description = "Pictures in a closed group of H.264 (default: ${DEFAULT-VALUE}).")
    private int segmentPictures;

    @Option(
            names = "--quality",
            defaultValue = "90",
            paramLabel = "Q",
            description = "Of a video's pictures, 1 to 100 (default: ${DEFAULT-VALUE}).")
    private int quality;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "The same as --set kafka.bootstrap.servers=...")
    private String bootstrapServers;

    @Option(
            names = "--schema-registry-url",
            paramLabel = "URL",
            description = "The same as --set schema.registry.url=...")
    private String schemaRegistryUrl;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "Where frames go (default: the first of the setting input.topics).")
    private String topic;

    @Option(names = "--config", paramLabel = "FILE", description = "Properties file with settings.")
    private Path config;

    @Option(names = "--set", paramLabel = "key=value", description = "One setting. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Override
    public Integer call() throws InterruptedException {
        FrameFeed.Source feed = feed();
        Settings settings = settings();
        String frames = topic == null ? settings.input().topics().get(0) : topic;
        try (StopSignal stop = StopSignal.listen(Duration.ofSeconds(9))) {
            int code = 1;
            try {
                code = send(feed, settings, frames, stop);
            } catch (IOException | PublishFailedException | KafkaException e) {
                complain(e.getMessage());
            }
            stop.exitWith(code);
            return code;
        }
    }

    private int send(FrameFeed.Source feed, Settings settings, String frames, StopSignal stop)
            throws IOException, InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        stop.whenReceived(stopped::countDown);
        if (!awaitTopic(new FramesTopic(settings, frames), feed.live(), stopped)) {
            return 0;
        }
        try (KafkaFramePublisher publisher = KafkaFramePublisher.connect(
                settings.kafka(),
                Serdes.serializer(settings.serde()),
                frames,
                settings.input().maxBytes())) {
            Camera running = new Camera(new Camera.Habits(camera, loop, !unpaced), feed, publisher, () -> true);
            stop.whenReceived(running::stop);
            try (CameraProgress progress =
                    new CameraProgress(running, spec.commandLine().getOut(), System.console() != null)) {
                running.run();
                publisher.flush();
            }
            running.failure().ifPresent(failure -> complain(String.valueOf(failure.getMessage())));
            if (running.counts().tooLarge() > 0) {
                complain(running.counts().tooLarge() + " pictures were too large for a record; see input.max.bytes");
            }
            return running.failure().isPresent() || running.counts().tooLarge() > 0 ? 1 : 0;
        }
    }

    /**
     * Makes sure of the topic. A camera may be started before its broker, and a busy machine's broker answers late: for a live
     * source it is asked again for a while.
     *
     * @return false when it was stopped meanwhile
     */
    private boolean awaitTopic(FramesTopic topic, boolean live, CountDownLatch stopped)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + BROKER_PATIENCE.toNanos();
        while (stopped.getCount() > 0) {
            try {
                topic.ensure();
                return true;
            } catch (BrokerSilentException e) {
                if (!live || System.nanoTime() > deadline) {
                    throw e;
                }
                complain(e.getMessage() + "; asking again");
                stopped.await(1, TimeUnit.SECONDS);
            }
        }
        return false;
    }

    private FrameFeed.Source feed() {
        try {
            VideoFeed.Style style = new VideoFeed.Style(
                    encoding == VideoEncoding.H264 ? Math.max(1, segmentPictures) : 0,
                    quality,
                    fps == null ? Double.POSITIVE_INFINITY : fps);
            return text().open(fps == null ? FILES_PER_SECOND : fps, style, VideoLimits.standard());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private SourceText text() {
        try {
            return new SourceText(source);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--source: " + e.getMessage(), e);
        }
    }

    private Settings settings() {
        Map<String, String> options = new LinkedHashMap<>(set);
        if (bootstrapServers != null) {
            options.put("kafka.bootstrap.servers", bootstrapServers);
        }
        if (schemaRegistryUrl != null) {
            options.put("schema.registry.url", schemaRegistryUrl);
        }
        SettingsLoader loader = new SettingsLoader();
        if (config != null) {
            loader.file(config);
        }
        return loader.environment(System.getenv()).set(options).load().settings();
    }

    private void complain(String message) {
        spec.commandLine().getErr().println(spec.commandLine().getColorScheme().errorText(message));
        spec.commandLine().getErr().flush();
    }
}
