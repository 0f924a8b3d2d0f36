package io.patchstream.stream.explain;

import io.patchstream.schemas.Drop;
import io.patchstream.stream.engine.DemoModel;
import io.patchstream.stream.explain.Claim.Label;
import io.patchstream.stream.explain.Claim.LeftOut;
import io.patchstream.stream.explain.Claim.Rejection;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsInForce;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain}: an answer, computed again from its frame. Exit code 1 when it does not come out the same. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Takes one label, embedding, dead letter or drop, finds its frame by the lineage that it carries, answers the frame",
            "again with the model that it names, and says whether the bits agree: or what differs (model, runtime,",
            "instruction set) and how far apart the results are. Takes the settings of run. Exit code 0: the same, 1: not."
        })
public final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The answer's topic.")
    private String topic;

    @Parameters(index = "1", paramLabel = "PARTITION", description = "Its partition.")
    private int partition;

    @Parameters(index = "2", paramLabel = "OFFSET", description = "Its offset.")
    private long offset;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description =
                    "Where to look for the model by its SHA-256, unless --model names it; by default in model.folder, else"
                            + " beside the demo's.")
    private Path models;

    @Override
    public Integer call() throws IOException, InterruptedException {
        SettingsInForce inForce = options.load();
        Settings settings = inForce.settings();
        Claim claim;
        Optional<ConsumerRecord<byte[], byte[]>> frame;
        try (Lookup lookup = Lookup.open(settings)) {
            ConsumerRecord<byte[], byte[]> answer = lookup.record(new TopicPartition(topic, partition), offset)
                    .orElseThrow(() -> new ProcessorFailedException(
                            "there is no committed record at " + new SourcePosition(topic, partition, offset), null));
            claim = Claim.read(answer, settings.serde().config());
            frame = source(lookup, claim, answer);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (claim instanceof LeftOut leftOut) {
            Drop drop = leftOut.drop();
            out.println("frame " + claim.source() + " of camera " + drop.getCameraId() + " (" + drop.getPictures()
                    + " pictures) was left out as " + drop.getReason() + ", at an age of " + drop.getAgeMs()
                    + " ms, by " + drop.getLimit() + "; the frame is " + (frame.isPresent() ? "still there" : "gone")
                    + ". ./patchstream replay answers it");
            out.flush();
            return ExitCode.OK;
        }
        out.println("answer " + new SourcePosition(topic, partition, offset) + " is of frame " + claim.source()
                + ", by model " + claim.modelSha256());
        if (frame.isEmpty()) {
            throw new ProcessorFailedException(
                    "frame " + claim.source()
                            + " is gone: retention or a deletion took it, and nothing can be compared",
                    null);
        }
        Map<String, String> values = new HashMap<>();
        inForce.entries().forEach(entry -> values.put(entry.key(), entry.value()));
        values.put("model.folder", "");
        values.put("model.topic", "");
        values.put("model", model(settings, claim).toString());
        values.put("input.topics", claim.source().topic());
        values.put("input.overload", "block");
        // What is asked of models now was not asked of that one then.
        values.put("uncertain.set", "false");
        values.put("uncertain.distance", "0");
        values.put("input.overload.topics", "");
        if (claim instanceof Label label) {
            // As many labels as the answer has.
            values.put(
                    "model.top.k",
                    Integer.toString(Math.max(1, label.answer().getTopK().size())));
        }
        Verdict verdict = verdict(Settings.of(values), claim, frame.get());
        verdict.lines().forEach(out::println);
        out.flush();
        return verdict.isSame() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static Verdict verdict(Settings settings, Claim claim, ConsumerRecord<byte[], byte[]> frame)
            throws IOException, InterruptedException {
        try (FrameEngine engine = Engines.open(settings)) {
            FrameOutcome now = OneFrame.answer(settings, engine, frame);
            return Verdict.of(claim, now);
        }
    }

    /** A dead letter carries its frame, bytes untouched, in case that the source has lost it. */
    private static Optional<ConsumerRecord<byte[], byte[]>> source(
            Lookup lookup, Claim claim, ConsumerRecord<byte[], byte[]> answer) {
        SourcePosition at = claim.source();
        if (lookup.exists(at.topic())) {
            Optional<ConsumerRecord<byte[], byte[]>> frame =
                    lookup.record(new TopicPartition(at.topic(), at.partition()), at.offset());
            if (frame.isPresent()) {
                return frame;
            }
        }
        return claim instanceof Rejection
                ? Optional.of(
                        new ConsumerRecord<>(at.topic(), at.partition(), at.offset(), answer.key(), answer.value()))
                : Optional.empty();
    }

    private Path model(Settings settings, Claim claim) throws IOException {
        Path named = settings.model().file();
        if (models == null && !named.toString().isEmpty()) {
            return named;
        }
        return ModelSearch.find(folder(settings), claim.modelSha256());
    }

    private Path folder(Settings settings) {
        if (models != null) {
            return models;
        }
        if (!settings.model().topic().isEmpty()) {
            return settings.model().cache().resolve(settings.stream().applicationId());
        }
        Path followed = settings.model().folder();
        return followed.toString().isEmpty()
                ? DemoModel.locate().toAbsolutePath().getParent()
                : followed;
    }
}
