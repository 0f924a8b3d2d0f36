package io.patchstream.trainer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.evaluate.Observation;
import io.patchstream.trainer.inspect.AttentionMaps;
import io.patchstream.trainer.inspect.Canvas;
import io.patchstream.trainer.inspect.ModelPictures;
import io.patchstream.trainer.inspect.PrincipalComponents;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import io.patchstream.vision.Png;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a model looks at, as PNG and as numbers. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "What a trained model looks at: patch filters, positions, attention distance, rollout, embeddings.")
final class InspectVerb implements Callable<Integer> {
    private static final int ROLLOUTS = 16;
    private static final int COLUMNS = 4;
    private static final int PIXELS_ACROSS = 112;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--from", "--model", "--checkpoint"},
            required = true,
            paramLabel = "DIR",
            description = "A folder that train or import wrote.")
    private Path folder;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Whose test pictures the model is shown; those of its own recipe when not given.")
    private Path dataFolder;

    @Option(
            names = "--pictures",
            defaultValue = "128",
            paramLabel = "N",
            description = "How many pictures: attention distance is their mean.")
    private int pictures;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the figures go.")
    private Path out;

    @Override
    public Integer call() {
        if (pictures < 1) {
            throw new ParameterException(spec.commandLine(), "--pictures is " + pictures + "; it must be 1 or more");
        }
        try {
            TrainedModel model = TrainedModel.read(folder);
            Dataset dataset = dataset();
            Files.createDirectories(out);
            Map<String, Object> numbers = new LinkedHashMap<>();
            if (model.config().tokenizer() instanceof Patches) {
                write("filters.png", ModelPictures.filters(model));
            }
            if (model.parameters().containsKey("pos_embed")) {
                double[][] similarity = ModelPictures.similarity(model);
                write("positions.png", ModelPictures.tiles(similarity));
                numbers.put("positionSimilarity", similarity);
            }
            look(model, dataset, numbers);
            new JsonMapper().writeValue(out.resolve("inspect.json").toFile(), numbers);
            spec.commandLine().getOut().println("looked inside: " + out);
            return 0;
        } catch (RecipeException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private void look(TrainedModel model, Dataset dataset, Map<String, Object> numbers) throws IOException {
        int count = Math.min(pictures, dataset.size());
        int[] indices = IntStream.range(0, count)
                .map(i -> (int) ((long) i * dataset.size() / count))
                .toArray();
        Batch batch = Batch.prepared(dataset, model.preprocessing(), indices);
        try (VisionTransformer transformer = new VisionTransformer(model.config(), model.parameters())) {
            Observation seen = new Evaluator(model.preprocessing(), Precision.FP32, count)
                    .observe(transformer, batch.pixels(), count);
            double[][] distance = AttentionMaps.distance(seen);
            for (int block = 0; block < distance.length; block++) {
                spec.commandLine()
                        .getOut()
                        .println("block " + block + ": attention distance in pixels by head "
                                + Arrays.stream(distance[block])
                                        .mapToObj(d -> String.format(java.util.Locale.ROOT, "%.1f", d))
                                        .toList());
            }
            numbers.put("attentionDistance", distance);
            write("rollout.png", rollouts(seen, batch, numbers));
            PrincipalComponents components = PrincipalComponents.of(
                    seen.embeddings(), count, model.config().hiddenSize());
            numbers.put("embeddingX", components.coordinates(0));
            numbers.put("embeddingY", components.coordinates(1));
            numbers.put("embeddingShares", new double[] {components.share(0), components.share(1)});
            write(
                    "embeddings.png",
                    ModelPictures.scatter(
                            components.coordinates(0),
                            components.coordinates(1),
                            batch.labels(),
                            dataset.labels().size()));
        }
    }

    /** The first pictures, each with its rollout in red on it. */
    private RgbImage rollouts(Observation seen, Batch batch, Map<String, Object> numbers) {
        int shown = Math.min(ROLLOUTS, batch.size());
        int factor = Math.max(1, PIXELS_ACROSS / batch.side());
        int step = batch.side() * factor;
        double[][] shares = new double[shown][];
        byte[] sheet = new byte[(shown + COLUMNS - 1) / COLUMNS * step * COLUMNS * step * 3];
        Arrays.fill(sheet, (byte) 255);
        int bytes = batch.side() * batch.side() * 3;
        for (int i = 0; i < shown; i++) {
            shares[i] = AttentionMaps.rollout(seen, i);
            byte[] pixels = Arrays.copyOfRange(batch.pixels(), i * bytes, (i + 1) * bytes);
            RgbImage tile = Canvas.overlay(new RgbImage(batch.side(), batch.side(), pixels), shares[i], factor);
            for (int y = 0; y < step; y++) {
                int at = ((i / COLUMNS * step + y) * COLUMNS + i % COLUMNS) * step * 3;
                System.arraycopy(tile.pixels(), y * step * 3, sheet, at, step * 3);
            }
        }
        numbers.put("rollout", shares);
        return new RgbImage((shown + COLUMNS - 1) / COLUMNS * step, COLUMNS * step, sheet);
    }

    private Dataset dataset() throws IOException {
        Path own = Trainer.recipeFile(folder);
        LibTorch.setUp(0);
        if (dataFolder == null && !Files.exists(own)) {
            throw new IOException(folder + " names no data: give --data");
        }
        TrainingData data = dataFolder != null
                ? TrainingData.in(dataFolder)
                : TrainingData.of(RecipeReader.read(own.toString(), Map.of()));
        return data.evaluations().values().iterator().next();
    }

    private void write(String name, RgbImage image) throws IOException {
        Files.write(out.resolve(name), Png.encode(image));
    }
}
