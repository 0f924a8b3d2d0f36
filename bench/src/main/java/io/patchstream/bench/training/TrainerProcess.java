package io.patchstream.bench.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.objective.Classification;
import io.patchstream.trainer.objective.Student;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.tensor.Safetensors;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.TrainingStep;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;

/** Our own side, in a process: what {@code timm_peer.py} is for theirs, and the same words between it and the bench. */
final class TrainerProcess {
    private TrainerProcess() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        TrainingCase work = TrainingCase.read(folder);
        Recipe recipe = work.recipe();
        LibTorch.setUp(recipe.threads());
        Batch batch = Batch.prepared(
                new OneBatch(recipe.imageSize(), work.classes(), TrainingCase.pixels(folder)),
                recipe.preprocessing(),
                IntStream.range(0, recipe.batchSize()).toArray());
        Precision precision = Precision.valueOf(recipe.precision().name());
        try (VisionTransformer model =
                        new VisionTransformer(work.config(), Safetensors.read(TrainingCase.weights(folder)));
                TrainingStep training = new TrainingStep(
                        recipe,
                        model,
                        new Classification(Student.whole(model, precision), recipe.loss()),
                        new Alone(),
                        recipe.batchSize())) {
            serve(training, batch, recipe.learningRate(), model.weights().count());
        }
    }

    private static void serve(TrainingStep training, Batch batch, double rate, long parameters) throws IOException {
        long step = 0;
        double[] losses = new double[TrainingCase.warmUpSteps()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = training.lossOf(batch, step++, rate);
        }
        say(Map.of("software", LibTorch.version(), "losses", losses, "parameters", parameters));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            long start = System.nanoTime();
            for (int i = Integer.parseInt(line.strip()); i > 0; i--) {
                training.lossOf(batch, step++, rate);
            }
            say(Map.of("seconds", (System.nanoTime() - start) / 1e9));
        }
    }

    private static void say(Map<String, Object> values) throws IOException {
        PrintStream out = System.out;
        out.println(new JsonMapper().writeValueAsString(values));
        out.flush();
    }
}
