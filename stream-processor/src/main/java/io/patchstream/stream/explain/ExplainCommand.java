package io.patchstream.stream.explain;

import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.Drop;
import io.patchstream.stream.engine.DemoModel;
import io.patchstream.stream.explain.Claim.Doubted;
import io.patchstream.stream.explain.Claim.Label;
import io.patchstream.stream.explain.Claim.LeftOut;
import io.patchstream.stream.explain.Claim.Rejection;
import io.patchstream.stream.explain.Claim.Signal;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsInForce;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
            "Takes one label, embedding, dead letter, drop, uncertain picture or alarm, finds its frame by the lineage that it",
            "carries, answers the frame again with the model that it names, and says whether the bits agree: or what differs",
            "(model, runtime, instruction set) and how far apart the results are. An alarm is held against its rule too, where",
            "rules.file has it. Takes the settings of run. Exit code 0: the same, 1: not."
        })
public final class ExplainCommand implements Callable<Integer> {
    /** An alarm does not say how many labels its answer had; this many are more than any. */
    private static final int MOST_LABELS = 1_000;

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
        Verdict history = new Verdict(true, List.of());
        Optional<ConsumerRecord<byte[], byte[]>> frame;
        try (Lookup lookup = Lookup.open(settings)) {
            ConsumerRecord<byte[], byte[]> answer = lookup.record(new TopicPartition(topic, partition), offset)
                    .orElseThrow(() -> new ProcessorFailedException(
                            "there is no committed record at " + new SourcePosition(topic, partition, offset), null));
            claim = Claim.read(answer, settings.serde().config());
            frame = source(lookup, claim, answer);
            if (claim instanceof Signal signal) {
                history = RuleHistory.of(signal.alarm(), settings, lookup);
            }
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
        out.println(claim.kind() + " " + new SourcePosition(topic, partition, offset) + " is of frame " + claim.source()
                + ", by model " + claim.modelSha256());
        if (claim instanceof Signal signal) {
            lines(signal).forEach(out::println);
        }
        history.lines().forEach(out::println);
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
        values.put("uncertain.margin", "0");
        values.put("uncertain.set", "false");
        values.put("uncertain.distance", "0");
        values.put("input.overload.topics", "");
        // Nor that it knows the labels of rules.
        values.put("rules.file", "");
        // On a GPU, a picture's bits depend on how many a run has.
        claim.batch().ifPresent(pictures -> values.put("engine.gpu.batch", Integer.toString(pictures)));
        labels(claim).ifPresent(count -> values.put("model.top.k", count.toString()));
        Verdict verdict = verdict(Settings.of(values), claim, frame.get());
        verdict.lines().forEach(out::println);
        out.flush();
        return verdict.and(history).isSame() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** How many labels an answer must have now, to be compared with what it was. */
    private static Optional<Integer> labels(Claim claim) {
        if (claim instanceof Label label) {
            return Optional.of(Math.max(1, label.answer().getTopK().size()));
        } else if (claim instanceof Doubted doubted) {
            return labels(doubted.label());
        }
        return claim instanceof Signal ? Optional.of(MOST_LABELS) : Optional.empty();
    }

    /** What an alarm says of its pictures. */
    private static List<String> lines(Signal signal) {
        AlarmPicture shown = signal.shown();
        List<String> lines = new ArrayList<>();
        lines.add("picture " + shown.getPicture() + ", which "
                + (Alarms.deciding(signal.alarm()).isPresent() ? "decided" : "had raised it")
                + ", shows " + shown.getLabel() + " with " + shown.getProbability());
        for (AlarmPicture other : signal.alarm().getRaisedBy()) {
            if (!other.equals(shown)) {
                lines.add("raised by frame " + Alarms.source(other) + " too, whose picture " + other.getPicture()
                        + " shows " + other.getLabel() + " with " + other.getProbability());
            }
        }
        return lines;
    }

    private static Verdict verdict(Settings settings, Claim claim, ConsumerRecord<byte[], byte[]> frame)
            throws IOException, InterruptedException {
        try (FrameEngine engine = Engines.open(settings)) {
            FrameOutcome now = OneFrame.answer(settings, engine, frame);
            Verdict verdict = Verdict.of(claim, now);
            return claim instanceof Doubted doubted
                            && doubted.uncertain().getPayload() != null
                            && now instanceof Classified
                    ? verdict.and(
                            copy(doubted.uncertain().getPayload().equals(OneFrame.payload(settings, engine, frame))))
                    : verdict;
        }
    }

    private static Verdict copy(boolean isSame) {
        return new Verdict(isSame, isSame ? "the copy of the payload: the same" : "the copy of the payload: ANOTHER");
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
