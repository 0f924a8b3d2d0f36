package io.patchstream.stream.operate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.infer.ModelHash;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.models.ModelRecord;
import io.patchstream.stream.models.ModelRecord.Part;
import io.patchstream.stream.models.ModelRefusedException;
import io.patchstream.stream.models.ModelTopic;
import io.patchstream.stream.models.ModelTopic.Published;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models publish}: what a slot is to serve from now on. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = {
            "Says on the models topic what a slot is to serve from now on: the model's hash, and of each of its files the hash",
            "and where it lies. Moves no file: lay them where processors can fetch them, and name that place with --at."
        })
final class ModelsPublishCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Parameters(
            paramLabel = "MODEL",
            description = "The ONNX file, beside it its golden frames, and its signature if it has one.")
    private Path model;

    @Option(names = "--slot", paramLabel = "NAME", description = "Which slot; the same as --set model.slot=NAME.")
    private String slot;

    @Option(
            names = "--model-version",
            paramLabel = "NAME",
            description = "A name for people; by default the file's, without .onnx.")
    private String version;

    @Option(
            names = "--at",
            paramLabel = "URI",
            description =
                    "Where processors fetch the files from, such as https://models.example.org/v8/; by default the"
                            + " folder that they lie in.")
    private String at;

    @Option(
            names = "--unchecked",
            description = "Publish a model that has no golden frames; processors refuse it unless"
                    + " model.golden.required=false.")
    private boolean unchecked;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = options.with("model.slot", slot).load().settings();
        ModelRecord record = record(Engines.keys(settings.model()));
        String topic = ModelTopic.nameIn(settings);
        String before;
        // The topic must be there: a producer would make it, and not as a compacted one.
        try (ModelTopic reader = ModelTopic.open(settings)) {
            before = Optional.ofNullable(reader.latest().get(settings.model().slot()))
                    .flatMap(Published::model)
                    .map(model -> ", in place of " + model.version())
                    .orElse("");
        }
        send(settings, topic, record);
        spec.commandLine()
                .getOut()
                .println("slot " + settings.model().slot() + " is to serve " + record.version() + before + ", sha256 "
                        + record.sha256() + ", " + record.bytes() + " bytes in "
                        + record.files().size() + " files at "
                        + record.files().get(0).uri());
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    /** @param keys who must have signed it; a record that every processor with them refuses is not published */
    private ModelRecord record(ModelKeys keys) throws IOException {
        List<Path> files = new ArrayList<>();
        files.add(model);
        // Examines it too: what is no model is not published.
        String sha256 = ModelHash.of(model);
        keys.verify(model, sha256);
        Path golden = GoldenFrames.beside(model);
        if (Files.isRegularFile(golden)) {
            files.add(golden);
        } else if (!unchecked) {
            throw new ContractException(model + " has no golden frames: " + golden.getFileName()
                    + " is not beside it. Export it again, or publish it with --unchecked");
        }
        ModelHash.weightFiles(model).forEach(name -> files.add(model.resolveSibling(name)));
        Path signature = ModelKeys.signatureOf(model);
        if (Files.isRegularFile(signature)) {
            files.add(signature);
        }
        List<Part> parts = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            String uri = at == null
                    ? file.toAbsolutePath().normalize().toUri().toString()
                    : at + (at.endsWith("/") ? "" : "/") + name;
            parts.add(new Part(name, uri, Sha256.of(file), Files.size(file)));
        }
        String name = model.getFileName().toString();
        ModelRecord record = ModelRecord.of(
                version != null ? version : name.replaceFirst("\\.onnx$", ""),
                sha256,
                parts,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        try {
            return ModelRecord.parse(record.toJson());
        } catch (ModelRefusedException e) {
            throw new ContractException("no processor would take this record: " + e.getMessage());
        }
    }

    private static void send(Settings settings, String topic, ModelRecord record)
            throws IOException, InterruptedException {
        Map<String, Object> config = new HashMap<>(Lookup.clients(settings).getProducerConfigs("patchstream-models"));
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, settings.model().slot().getBytes(UTF_8), record.toJson()))
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "topic " + topic + " does not take the record: "
                            + e.getCause().getMessage(),
                    e);
        }
    }
}
