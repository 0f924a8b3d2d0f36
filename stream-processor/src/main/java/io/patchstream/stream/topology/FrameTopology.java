package io.patchstream.stream.topology;

import io.patchstream.stream.settings.OutputSettings;
import io.patchstream.stream.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/** The topology: frames → classifier → labels, embeddings, dead letters, drops. A pure function of its arguments. */
public final class FrameTopology {
    static final String FRAMES = "frames";
    static final String CLASSIFIER = "classifier";
    static final String LABELS = "labels";
    static final String EMBEDDINGS = "embeddings";
    static final String EMBEDDINGS_JSON = "embeddings-json";
    static final String DEAD_LETTERS = "dead-letters";
    static final String DROPS = "drops";
    static final String UNCERTAIN = "uncertain-pictures";
    static final String ALARMS = "alarms";

    private FrameTopology() {}

    /** The topology whose classifiers take from {@code intake} and write with {@code serializer}, which they share. */
    public static Topology of(Settings settings, FrameIntake intake, Serializer<Object> serializer) {
        return of(
                settings,
                () -> new FrameClassifier(
                        intake, settings.output(), serializer, watches(settings, intake, serializer)));
    }

    /** What follows from labels, of one task; nothing where nothing is asked for. */
    private static List<LabelWatch> watches(Settings settings, FrameIntake intake, Serializer<Object> serializer) {
        List<LabelWatch> watches = new ArrayList<>();
        if (settings.uncertain().isOn()) {
            watches.add(new UncertainWatch(settings.uncertain(), intake, serializer));
        }
        if (settings.rules().isOn()) {
            watches.add(new RuleWatch(settings.rules().rules(), settings.rules().topic(), intake, serializer));
        }
        return watches;
    }

    /** The topics in which Kafka Streams keeps what classifiers remember; most settings have none. */
    public static List<String> changelogs(Settings settings) {
        List<String> stores = new ArrayList<>();
        if (settings.uncertain().isOn()) {
            stores.add(UncertainWatch.STORE);
        }
        if (settings.rules().isOn()) {
            stores.add(RuleWatch.STORE);
        }
        return stores.stream()
                .map(store -> settings.stream().applicationId() + "-" + store + "-changelog")
                .toList();
    }

    /** The topology with other classifiers. */
    static Topology of(Settings settings, ProcessorSupplier<byte[], byte[], byte[], byte[]> classifiers) {
        OutputSettings output = settings.output();
        ByteArraySerializer bytes = new ByteArraySerializer();
        Topology topology = new Topology();
        topology.addSource(
                FRAMES,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                settings.input().topics().toArray(String[]::new));
        topology.addProcessor(CLASSIFIER, classifiers, FRAMES);
        topology.addSink(LABELS, output.labels(), bytes, bytes, CLASSIFIER);
        if (output.format().hasAvro()) {
            topology.addSink(EMBEDDINGS, output.embeddings(), bytes, bytes, CLASSIFIER);
        }
        if (output.format().hasJson()) {
            topology.addSink(EMBEDDINGS_JSON, output.embeddingsJson(), bytes, bytes, CLASSIFIER);
        }
        topology.addSink(DEAD_LETTERS, output.deadLetters(), bytes, bytes, CLASSIFIER);
        topology.addSink(DROPS, output.drops(), bytes, bytes, CLASSIFIER);
        if (settings.uncertain().isOn()) {
            topology.addSink(UNCERTAIN, settings.uncertain().topic(), bytes, bytes, CLASSIFIER);
            topology.addStateStore(UncertainWatch.store(), CLASSIFIER);
        }
        if (settings.rules().isOn()) {
            topology.addSink(ALARMS, settings.rules().topic(), bytes, bytes, CLASSIFIER);
            topology.addStateStore(RuleWatch.store(), CLASSIFIER);
        }
        return topology;
    }

    /** What {@code settings} make, as text; needs neither a model nor a broker. */
    public static String describe(Settings settings) {
        return of(settings, () ->
                        (Processor<byte[], byte[], byte[], byte[]>) new FrameClassifier(null, null, null, List.of()))
                .describe()
                .toString();
    }
}
