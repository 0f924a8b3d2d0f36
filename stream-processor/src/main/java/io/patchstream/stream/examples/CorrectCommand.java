package io.patchstream.stream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Correction;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.TopicSpec.CleanUp;
import io.patchstream.schemas.TopicSpec.Compression;
import io.patchstream.schemas.TopicSpec.KeyContent;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.Serdes;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code data correct}: what a picture shows, over what the model said. */
@Command(
        name = "correct",
        mixinStandardHelpOptions = true,
        description = "Says what a frame shows, for data from-topic. Takes the settings of run.")
final class CorrectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Parameters(
            paramLabel = "FRAME",
            description = "The frame's id, or TOPIC:PARTITION:OFFSET; #n behind it for picture n of a segment, from 1.")
    private String frame;

    @ArgGroup(multiplicity = "1")
    private What what;

    @Option(
            names = "--corrections",
            paramLabel = "TOPIC",
            defaultValue = DataCommand.CORRECTIONS,
            description = "Where it is written (${DEFAULT-VALUE}).")
    private String topic;

    @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "Who says so.")
    private String by;

    @Option(names = "--note", paramLabel = "TEXT", defaultValue = "", description = "Why.")
    private String note;

    /** One of them. */
    static final class What {
        @Option(names = "--label", paramLabel = "LABEL", description = "The right label.")
        private String label;

        @Option(names = "--exclude", description = "Nothing should be learnt from it.")
        private boolean exclude;

        @Option(names = "--take-back", description = "What was said before holds no more.")
        private boolean takeBack;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.load().settings();
        makeTopic(settings);
        Correction correction = Correction.newBuilder()
                .setLabel(what.exclude ? null : what.label)
                .setSaidBy(by)
                .setSaidAt(Instant.now())
                .setNote(note)
                .build();
        Map<String, Object> config = new HashMap<>(Lookup.clients(settings).getProducerConfigs("patchstream-correct"));
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        try (Serializer<Object> values = Serdes.serializer(settings.serde());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] value = what.takeBack ? null : values.serialize(topic, correction);
            producer.send(new ProducerRecord<>(topic, frame.getBytes(UTF_8), value))
                    .get();
        } catch (KafkaException | ExecutionException e) {
            throw new ProcessorFailedException("the correction cannot be written: " + e.getMessage(), e);
        }
        spec.commandLine()
                .getOut()
                .println(frame + (what.takeBack ? ": taken back" : what.exclude ? ": excluded" : ": " + what.label));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private void makeTopic(Settings settings) {
        try (Lookup lookup = Lookup.open(settings)) {
            lookup.ensure(
                    settings,
                    new TopicSpec(
                            topic,
                            KeyContent.AS_IT_CAME,
                            Optional.of(Correction.getClassSchema()),
                            CleanUp.COMPACT,
                            Compression.ZSTD,
                            Topics.ANSWER_BYTES,
                            "What people say that pictures show, by frame"));
        }
    }
}
