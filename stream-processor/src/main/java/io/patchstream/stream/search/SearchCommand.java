package io.patchstream.stream.search;

import io.patchstream.stream.classify.PictureFiles;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.index.EmbeddingFeed;
import io.patchstream.stream.index.EmbeddingSpaces;
import io.patchstream.stream.index.GrowingIndex;
import io.patchstream.stream.index.Neighbour;
import io.patchstream.stream.index.Point;
import io.patchstream.stream.index.UnitVector;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code search}: nearest frames, from the embeddings topic. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = {
            "Reads the embeddings topic (output.embeddings) to its end and prints the frames that look most like a picture or",
            "like a frame, nearest first: distance (1 - cosine), camera, time, label, and where the frame lies. With neither,",
            "the newest frames that the filters take. Takes the settings of run."
        })
public final class SearchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @ArgGroup
    private Asked asked = new Asked();

    @Mixin
    private FilterOptions filters;

    @Option(
            names = "--picture",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which picture of a file or frame that holds several, from 0 (${DEFAULT-VALUE}).")
    private int picture;

    @Option(names = "-k", paramLabel = "K", defaultValue = "10", description = "How many frames (${DEFAULT-VALUE}).")
    private int k;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(
            names = "--exact-up-to",
            paramLabel = "N",
            defaultValue = "" + GrowingIndex.EXACT_UP_TO,
            description = "A model's frames up to this number are compared one by one; more go through a graph"
                    + " (${DEFAULT-VALUE}).")
    private int exactUpTo;

    /** What to look for; one of them. */
    static final class Asked {
        @Option(
                names = "--image",
                paramLabel = "FILE",
                description = "Frames that look like this picture, as the model sees it.")
        private Path image;

        @Option(
                names = "--frame",
                paramLabel = "TOPIC:PARTITION:OFFSET",
                converter = FramePlace.class,
                description = "Frames that look like the frame that lies there; needs no model.")
        private SourcePosition frame;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (k < 1) {
            throw new ParameterException(spec.commandLine(), "-k is " + k + "; it must be at least 1");
        }
        Settings settings = options.load().settings();
        try (EmbeddingFeed feed = EmbeddingFeed.open(settings, exactUpTo)) {
            try {
                feed.catchUp();
            } catch (KafkaException e) {
                throw new ProcessorFailedException(
                        "topic " + EmbeddingFeed.topic(settings) + " of "
                                + settings.kafka().get("bootstrap.servers") + " cannot be read: " + e.getMessage(),
                        e);
            }
            search(settings, feed.spaces());
            if (feed.unreadable() > 0) {
                spec.commandLine()
                        .getErr()
                        .println(feed.unreadable() + " records of topic " + EmbeddingFeed.topic(settings)
                                + " are no embeddings and were left out");
                spec.commandLine().getErr().flush();
            }
        }
        return ExitCode.OK;
    }

    private void search(Settings settings, EmbeddingSpaces spaces) throws IOException, InterruptedException {
        FoundWriter found = new FoundWriter(spec.commandLine().getOut(), json);
        if (asked.image != null) {
            Prediction prediction = see(settings);
            nearest(spaces, vector(prediction), prediction.model().sha256())
                    .forEach(neighbour -> found.write(neighbour.point(), OptionalDouble.of(neighbour.distance())));
        } else if (asked.frame != null) {
            Point point = point(spaces);
            nearest(spaces, point.vector(), point.modelSha256())
                    .forEach(neighbour -> found.write(neighbour.point(), OptionalDouble.of(neighbour.distance())));
        } else {
            spaces.newest(filters.filter(), k).forEach(point -> found.write(point, OptionalDouble.empty()));
        }
        spec.commandLine().getOut().flush();
    }

    private List<Neighbour> nearest(EmbeddingSpaces spaces, UnitVector query, String modelSha256) {
        return spaces.of(modelSha256)
                .orElseThrow(() -> new ProcessorFailedException(
                        "there is no embedding by model " + modelSha256 + "; the topic has " + models(spaces)
                                + ". Name the model that made them with --model",
                        null))
                .index()
                .search(query, k, filters.filter());
    }

    private static String models(EmbeddingSpaces spaces) {
        String models = spaces.all().stream()
                .map(space -> space.index().size() + " by " + space.model() + " (" + space.modelSha256() + ")")
                .collect(Collectors.joining(", "));
        return models.isEmpty() ? "none at all" : models;
    }

    /** The frame's picture; of several models', that of the one with the most points. */
    private Point point(EmbeddingSpaces spaces) {
        SourcePosition at = asked.frame;
        List<Point> points = spaces.at(at.topic(), at.partition(), at.offset());
        List<String> bySize =
                spaces.all().stream().map(EmbeddingSpaces.Space::modelSha256).toList();
        return points.stream()
                .filter(point -> point.picture() == picture)
                .min((one, other) ->
                        Integer.compare(bySize.indexOf(one.modelSha256()), bySize.indexOf(other.modelSha256())))
                .orElseThrow(() -> new ProcessorFailedException(
                        points.isEmpty()
                                ? "there is no embedding of frame " + at
                                        + ": it was not answered yet, or it is a dead letter"
                                : "frame " + at + " has no picture " + picture,
                        null));
    }

    private Prediction see(Settings settings) throws IOException, InterruptedException {
        try (FrameEngine engine = Engines.open(settings)) {
            FrameSource source = new FrameSource(Thread.currentThread().getName(), "files", 0);
            FrameOutcome outcome = engine.await(engine.submit(source, PictureFiles.reader(asked.image)));
            return outcome.fold(
                    classified -> {
                        if (picture < 0 || picture >= classified.pictures().size()) {
                            throw new ParameterException(
                                    spec.commandLine(),
                                    "--picture is " + picture + "; the file has "
                                            + classified.pictures().size());
                        }
                        return classified.pictures().get(picture);
                    },
                    rejected -> {
                        throw new ProcessorFailedException(asked.image + ": " + rejected.message(), null);
                    },
                    dropped -> {
                        throw new IllegalStateException(asked.image + " was dropped; files have no deadline");
                    });
        }
    }

    private static UnitVector vector(Prediction prediction) {
        float[] values = new float[prediction.dim()];
        for (int i = 0; i < values.length; i++) {
            values[i] = prediction.embedding(i);
        }
        return UnitVector.of(values);
    }
}
