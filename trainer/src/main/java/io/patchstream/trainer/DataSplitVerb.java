package io.patchstream.trainer;

import io.patchstream.trainer.data.Example;
import io.patchstream.trainer.data.ExampleFiles;
import io.patchstream.trainer.data.ListedPictures;
import io.patchstream.trainer.data.ManifestWriter;
import io.patchstream.trainer.divide.Cuts;
import io.patchstream.trainer.divide.DivideSettings;
import io.patchstream.trainer.divide.Division;
import io.patchstream.trainer.divide.DivisionReport;
import io.patchstream.trainer.divide.Fingerprints;
import io.patchstream.trainer.divide.Groups;
import io.patchstream.trainer.divide.Groups.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code data split}: train and test without twins across. */
@Command(
        name = "split",
        mixinStandardHelpOptions = true,
        description = {
            "Divides a data set so that near-duplicates, neighbouring frames of a camera and what the data call one group",
            "lie on one side, whatever split they had, and says what a division at random would have leaked."
        })
final class DataSplitVerb implements Callable<Integer> {
    /** Beside the manifest. */
    static final String REPORT_ENDING = ".split.json";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DATA", description = "A manifest, a shard, or a folder with any kind of data.")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The manifest to write, in the data's folder or above, and beside it FILE" + REPORT_ENDING
                    + "; none: only report.")
    private Path out;

    @Option(
            names = "--test",
            defaultValue = "0.2",
            paramLabel = "SHARE",
            description = "Of the examples, to test on (${DEFAULT-VALUE}).")
    private double test;

    @Option(
            names = "--val",
            defaultValue = "0",
            paramLabel = "SHARE",
            description = "To choose by, apart from both (${DEFAULT-VALUE}).")
    private double val;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Of the division (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--gap",
            defaultValue = "5",
            paramLabel = "SECONDS",
            description = "Frames of one camera that are no further apart stay together, and so does a run of them"
                    + " (${DEFAULT-VALUE}); 0: none.")
    private double gap;

    @Option(
            names = "--longest-run",
            defaultValue = "0",
            paramLabel = "SECONDS",
            description =
                    "Cut runs of frames that last longer into stretches that may part, and leave out the frames of a"
                            + " gap before each cut (${DEFAULT-VALUE}: never).")
    private double longestRun;

    @Mixin
    private LookAlikeOptions lookAlike;

    @Override
    public Integer call() {
        try {
            ExampleFiles files = ExampleFiles.read(data);
            DivideSettings settings = lookAlike.settings(seconds(gap));
            List<Example> examples = cut(files.examples(), settings);
            ListedPictures pictures = new ListedPictures(examples, ListedPictures.labels(examples));
            Fingerprints fingerprints = Fingerprints.of(pictures);
            Groups groups = Groups.of(pictures, fingerprints, settings);
            lookAlike.similar(pictures, (one, other) -> groups.link(one, other, Reason.EMBEDDING));
            List<String> names = val > 0 ? List.of("test", "val", "train") : List.of("test", "train");
            double[] shares = val > 0 ? new double[] {test, val} : new double[] {test};
            Division division = new Division(pictures, fingerprints, groups, shares, seed);
            DivisionReport report = division.report(
                    names,
                    examples.stream().map(example -> example.row().split()).toList());
            PrintWriter lines = spec.commandLine().getOut();
            report.lines().forEach(lines::println);
            if (report.parts().stream().anyMatch(part -> part.examples() == 0)) {
                throw new IOException("a part is empty: the groups are larger than its share. Look at what is linked;"
                        + " --levels 2 or --gap 1 link less");
            }
            if (out != null) {
                List<Example> divided = new ArrayList<>();
                for (int i = 0; i < examples.size(); i++) {
                    Example example = examples.get(i);
                    divided.add(example.as(example.row().inSplit(names.get(division.partOf(i)))));
                }
                ManifestWriter.write(out, files.root(), divided);
                report.write(out.resolveSibling(out.getFileName() + REPORT_ENDING));
                lines.println("written: " + out);
            }
            lines.flush();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** The examples without those at the cuts of long runs. */
    private List<Example> cut(List<Example> examples, DivideSettings settings) throws IOException {
        if (longestRun == 0) {
            return examples;
        }
        Set<Integer> leftOut = Arrays.stream(Cuts.leftOut(
                        new ListedPictures(examples, ListedPictures.labels(examples)),
                        settings.gap(),
                        seconds(longestRun)))
                .boxed()
                .collect(Collectors.toSet());
        spec.commandLine().getOut().println(leftOut.size() + " frames before cuts are left out");
        return IntStream.range(0, examples.size())
                .filter(i -> !leftOut.contains(i))
                .mapToObj(examples::get)
                .toList();
    }
}
