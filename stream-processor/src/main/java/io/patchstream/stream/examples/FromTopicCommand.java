package io.patchstream.stream.examples;

import io.patchstream.stream.examples.TopicManifest.Choice;
import io.patchstream.stream.examples.TopicManifest.Fate;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.RangeOptions;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FrameRecords;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code data from-topic}: frames with what was said of them, fixed as a manifest. */
@Command(
        name = "from-topic",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the frames of input.topics that are corrected or labelled: topic, partition and offset, label, camera,",
            "time and SHA-256, and keeps their bytes in frames/ beside the manifest. Train on it with --set data=FILE; have",
            "the bytes again from the log with data fetch. Takes the settings of run."
        })
final class FromTopicCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Mixin
    private RangeOptions range;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The manifest, as JSON lines.")
    private Path out;

    @Option(
            names = "--labels",
            paramLabel = "TOPIC",
            description = "Classifications to learn from; output.labels when not given, none when empty.")
    private String labels;

    @Option(
            names = "--corrections",
            paramLabel = "TOPIC",
            description =
                    "Corrections, which hold over labels; " + DataCommand.CORRECTIONS + " when not given and there.")
    private String corrections;

    @Option(
            names = "--attribute",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The frames' attribute that holds a label: over classifications, under corrections.")
    private String attribute;

    @Option(
            names = "--min-probability",
            paramLabel = "P",
            defaultValue = "0",
            description = "Leave out what the model was less sure of (${DEFAULT-VALUE}).")
    private double minProbability;

    @Option(names = "--no-frames", description = "Keep no bytes; data fetch gets them from the log later.")
    private boolean noFrames;

    @Override
    public Integer call() throws IOException {
        Settings settings = options.load().settings();
        Files.createDirectories(out.toAbsolutePath().getParent());
        Path part = out.resolveSibling(out.getFileName() + ".part");
        try (Lookup lookup = Lookup.open(settings);
                FrameRecords frames = FrameRecords.open(settings)) {
            List<SourceRange> ranges = lookup.ranges(settings.input().topics(), range.from(), range.to());
            LabelBook book = book(settings, lookup);
            TopicManifest manifest;
            try (BufferedWriter rows = Files.newBufferedWriter(part)) {
                manifest = new TopicManifest(
                        frames,
                        book,
                        new Choice(attribute, minProbability),
                        rows,
                        noFrames ? null : new FrameStore(out));
                for (SourceRange each : ranges) {
                    lookup.scan(each.partition(), each.first(), each.end(), manifest::add);
                }
            }
            tell(ranges, manifest, book);
            if (manifest.listed() == 0) {
                Files.delete(part);
                throw new ProcessorFailedException(
                        "nothing is said of any frame in that range: label with run, or correct with data correct",
                        null);
            }
        }
        Files.move(part, out, StandardCopyOption.REPLACE_EXISTING);
        spec.commandLine().getOut().println("written: " + out);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private LabelBook book(Settings settings, Lookup lookup) {
        LabelBook book = new LabelBook();
        Map<String, String> serde = settings.serde().config();
        String labelled = labels == null ? settings.output().labels() : labels;
        if (!labelled.isEmpty()) {
            book.readLabels(lookup, labelled, serde);
        }
        String corrected = corrections == null ? DataCommand.CORRECTIONS : corrections;
        if (corrections != null || lookup.exists(corrected)) {
            book.readCorrections(lookup, corrected, serde);
        }
        return book;
    }

    private void tell(List<SourceRange> ranges, TopicManifest manifest, LabelBook book) {
        PrintWriter lines = spec.commandLine().getOut();
        ranges.forEach(each -> lines.println(each.partition() + ": offsets " + each.first() + " to before " + each.end()
                + (each.beginning() > 0 ? "; what is before " + each.beginning() + " is gone" : "")));
        lines.println(manifest.listed() + " pictures listed: " + manifest.count(Fate.CORRECTED) + " as corrected, "
                + manifest.count(Fate.ATTRIBUTE) + " by attribute, " + manifest.count(Fate.LABELLED) + " as labelled");
        lines.println("left out: " + manifest.count(Fate.UNSAID) + " that nothing is said of, "
                + manifest.count(Fate.UNSURE) + " below --min-probability, " + manifest.count(Fate.EXCLUDED)
                + " that a correction excludes, " + manifest.count(Fate.UNREADABLE) + " records that are no frames");
        manifest.faults().forEach(fault -> lines.println("  " + fault));
        if (book.unusedCorrections() > 0 || book.unreadable() > 0) {
            lines.println(book.unusedCorrections() + " corrections are of no frame in the range; " + book.unreadable()
                    + " records are neither label nor correction");
        }
        lines.flush();
    }
}
