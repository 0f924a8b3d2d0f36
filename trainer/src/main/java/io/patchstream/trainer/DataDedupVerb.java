package io.patchstream.trainer;

import io.patchstream.trainer.data.Example;
import io.patchstream.trainer.data.ExampleFiles;
import io.patchstream.trainer.data.ListedPictures;
import io.patchstream.trainer.data.ManifestWriter;
import io.patchstream.trainer.data.Pairs;
import io.patchstream.trainer.divide.Fingerprints;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code data dedup}: a training set without what test sets show, as the ViT paper did (section 4.1). */
@Command(
        name = "dedup",
        mixinStandardHelpOptions = true,
        description = {
            "Lists a data set without the pictures that look like one of a test set, and names each that is left out with the",
            "test picture that it looks like. Examples of the test split stay as they are."
        })
final class DataDedupVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DATA", description = "A manifest, a shard, or a folder with any kind of data.")
    private Path data;

    @Option(
            names = "--against",
            required = true,
            paramLabel = "DATA",
            description = "A test set: the test split of these data, or all of them when they have no splits. May be"
                    + " repeated.")
    private List<Path> against;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The manifest to write, in the data's folder or above; none: only look.")
    private Path out;

    @Mixin
    private LookAlikeOptions lookAlike;

    /** A training example and what it looks like. */
    private record Twin(String testSet, String testKey) {}

    @Override
    public Integer call() {
        try {
            ExampleFiles files = ExampleFiles.read(data);
            List<Example> training = files.examples().stream()
                    .filter(example -> !example.row().split().equals("test"))
                    .toList();
            Map<Integer, Twin> twins = new TreeMap<>();
            // Their look is taken once, however many test sets there are.
            Fingerprints looks = Fingerprints.of(listed(training));
            for (Path testSet : against) {
                find(training, looks, testSet, twins);
            }
            PrintWriter lines = spec.commandLine().getOut();
            twins.forEach((index, twin) ->
                    lines.println("left out: " + training.get(index).row().key() + " ("
                            + training.get(index).row().label() + "), as " + twin.testKey() + " of " + twin.testSet()));
            for (Path testSet : against) {
                long count = twins.values().stream()
                        .filter(twin -> twin.testSet().equals(testSet.toString()))
                        .count();
                lines.println(
                        testSet + ": " + count + " of " + training.size() + " training examples look like one of it");
            }
            if (out != null) {
                Set<Example> gone = twins.keySet().stream().map(training::get).collect(Collectors.toSet());
                List<Example> kept = files.examples().stream()
                        .filter(example -> !gone.contains(example))
                        .toList();
                ManifestWriter.write(out, files.root(), kept);
                lines.println("written: " + out + ", " + kept.size() + " examples");
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

    private static ListedPictures listed(List<Example> examples) throws IOException {
        return new ListedPictures(examples, ListedPictures.labels(examples));
    }

    private void find(List<Example> training, Fingerprints looks, Path testSet, Map<Integer, Twin> twins)
            throws IOException {
        List<Example> all = ExampleFiles.read(testSet).examples();
        boolean hasSplits =
                all.stream().anyMatch(example -> !example.row().split().isEmpty());
        List<Example> test = all.stream()
                .filter(example -> !hasSplits || example.row().split().equals("test"))
                .toList();
        if (test.isEmpty()) {
            throw new IOException(testSet + " has no examples of split test");
        }
        List<Example> both = new ArrayList<>(training);
        both.addAll(test);
        Pairs across = (one, other) -> {
            if (one < training.size() && other >= training.size()) {
                twins.putIfAbsent(
                        one,
                        new Twin(
                                testSet.toString(),
                                test.get(other - training.size()).row().key()));
            }
        };
        lookAlike.twinsAcross(looks.and(Fingerprints.of(listed(test))), training.size(), across);
        lookAlike.similar(listed(both), across);
    }
}
