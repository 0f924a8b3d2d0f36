package io.patchstream.trainer;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Pairs;
import io.patchstream.trainer.divide.DivideSettings;
import io.patchstream.trainer.divide.Fingerprints;
import io.patchstream.trainer.divide.TwinSearch;
import io.patchstream.trainer.evaluate.Answers;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.evaluate.SimilarPairs;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** When two pictures look the same; a picocli mixin. */
final class LookAlikeOptions {
    private static final int BATCH = 250;

    @Option(
            names = "--bits",
            defaultValue = "6",
            paramLabel = "N",
            description = "Twins' difference hashes differ in at most so many of 64 bits, 0 to 11 (${DEFAULT-VALUE}).")
    private int bits;

    @Option(
            names = "--levels",
            defaultValue = "4",
            paramLabel = "N",
            description = "And their 16 x 16 thumbnails by at most so much in the mean, of 255, brightness aside"
                    + " (${DEFAULT-VALUE}).")
    private double levels;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "A trained or imported model: pictures whose embeddings are almost parallel are twins too.")
    private Path model;

    @Option(
            names = "--cosine",
            defaultValue = "0.97",
            paramLabel = "C",
            description = "How parallel (${DEFAULT-VALUE}).")
    private double cosine;

    DivideSettings settings(Duration gap) {
        return new DivideSettings(bits, levels, gap);
    }

    /** By looks alone: of each picture before {@code border} with one from there on. */
    void twinsAcross(Fingerprints fingerprints, int border, Pairs pairs) {
        new TwinSearch(fingerprints, settings(Duration.ZERO)).across(border, pairs);
    }

    /** By the model's embeddings; nothing without a model. */
    void similar(Dataset dataset, Pairs pairs) throws IOException {
        SimilarPairs similar = new SimilarPairs(cosine);
        if (model == null) {
            return;
        }
        LibTorch.setUp(0);
        TrainedModel trained = TrainedModel.read(model);
        try (VisionTransformer transformer = new VisionTransformer(trained.config(), trained.parameters())) {
            Answers answers =
                    new Evaluator(trained.preprocessing(), Precision.FP32, BATCH).answers(transformer, dataset);
            similar.all(answers, pairs);
        }
    }
}
