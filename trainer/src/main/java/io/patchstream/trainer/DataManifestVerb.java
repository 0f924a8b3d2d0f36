package io.patchstream.trainer;

import io.patchstream.trainer.data.Example;
import io.patchstream.trainer.data.ExampleFiles;
import io.patchstream.trainer.data.Inspection;
import io.patchstream.trainer.data.ListedPictures;
import io.patchstream.trainer.data.ManifestWriter;
import io.patchstream.trainer.data.Problems;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code data manifest}: every picture looked at once, and listed with its hash. */
@Command(
        name = "manifest",
        mixinStandardHelpOptions = true,
        description = {
            "Reads and decodes every picture of a data set and lists it with label, split and SHA-256, as JSON lines that",
            "train takes for data. Exit code 1, and nothing written, when an example is at fault."
        })
final class DataManifestVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DATA", description = "A manifest, a shard, or a folder with any kind of data.")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The manifest to write, in the data's folder or above; none: only look.")
    private Path out;

    @Option(
            names = "--leave-out-bad",
            description = "Write the manifest without the examples that are at fault, and name each on standard error.")
    private boolean leaveOutBad;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            Problems problems = new Problems();
            ExampleFiles files = ExampleFiles.read(data, problems);
            Inspection inspection = Inspection.of(files.examples(), problems);
            if (leaveOutBad) {
                problems.all().forEach(problem -> err.println("left out: " + problem));
            } else {
                problems.refuseAny();
            }
            inspection.sameBytesOtherLabel().forEach(conflict -> err.println("two labels: " + conflict));
            err.flush();
            if (out != null) {
                ManifestWriter.write(out, files.root(), inspection.good());
            }
            tell(inspection, problems.all().size());
            return 0;
        } catch (IOException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private void tell(Inspection inspection, int leftOut) throws IOException {
        PrintWriter lines = spec.commandLine().getOut();
        Map<String, List<Example>> bySplit = inspection.good().stream()
                .collect(Collectors.groupingBy(example -> example.row().split(), TreeMap::new, Collectors.toList()));
        for (Map.Entry<String, List<Example>> split : bySplit.entrySet()) {
            List<Example> examples = split.getValue();
            Map<String, Long> byLabel = examples.stream()
                    .collect(Collectors.groupingBy(
                            example -> example.row().label(), TreeMap::new, Collectors.counting()));
            lines.println((split.getKey().isEmpty() ? "no split" : split.getKey()) + ": " + examples.size()
                    + " examples " + byLabel + ", manifest "
                    + new ListedPictures(examples, ListedPictures.labels(examples)).manifestSha256());
        }
        lines.println(inspection.sameBytes() + " have the bytes of another, "
                + inspection.sameBytesOtherLabel().size() + " of these another label; " + leftOut + " left out");
        if (out != null) {
            lines.println("written: " + out);
        }
        lines.flush();
    }
}
