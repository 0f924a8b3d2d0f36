package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.objective.Classification;
import io.patchstream.trainer.objective.Student;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.AutoRecipe.Measured;
import io.patchstream.trainer.train.AutoRecipe.Way;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/** What ways of training cost on this machine: each is run for its share of a second, on pictures of the data. */
final class SpeedProbe {
    private static final double SECONDS = 1;
    private static final int BATCH = 16;

    private final Dataset dataset;
    private final double seconds;

    /** @param ways among how many the second is divided */
    SpeedProbe(Dataset dataset, int ways) {
        this.dataset = dataset;
        this.seconds = SECONDS / ways;
    }

    private interface Work {
        void run();
    }

    /** In the faster of the precisions that may be. */
    Measured measure(Way way, Map<String, String> settings) throws IOException {
        Map<String, String> values = new TreeMap<>(way.settings());
        values.put("name", "probe");
        values.putAll(settings);
        Recipe recipe = RecipeReader.of(values);
        List<Precision> precisions = new ArrayList<>(List.of(Precision.FP32));
        if (LibTorch.fastest() == Precision.BF16) {
            precisions.add(Precision.BF16);
        }
        ModelConfig config = recipe.modelConfig(dataset.labels().size());
        long before = System.nanoTime();
        int size = Math.min(BATCH, dataset.size());
        Batch batch = Batch.prepared(
                dataset, recipe.preprocessing(), IntStream.range(0, size).toArray());
        double preparing = (System.nanoTime() - before) / 1e9 / size;
        List<Measured> all = new ArrayList<>();
        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 1))) {
            for (Precision precision : precisions) {
                all.add(measure(way, recipe, model, batch, precision, preparing, seconds / precisions.size()));
            }
        }
        return all.stream()
                .min(Comparator.comparingDouble(each -> each.once() + each.perEpoch()))
                .orElseThrow();
    }

    private static Measured measure(
            Way way,
            Recipe recipe,
            VisionTransformer model,
            Batch batch,
            Precision precision,
            double preparing,
            double seconds) {
        LayerDepth depth = LayerDepth.of(model.config());
        model.weights().learn(name -> depth.learns(name, recipe.trainLast()));
        int frozen = recipe.cacheMb() > 0 ? model.config().layers() - recipe.trainLast() : 0;
        if (frozen == 0) {
            Classification whole = new Classification(Student.whole(model, precision), recipe.loss());
            double each = timed(seconds, () -> whole.of(batch).loss().backward()) / batch.size();
            return new Measured(way, precision, 0, each + preparing);
        }
        Tensor[] kept = new Tensor[1];
        double once = timed(seconds / 2, () -> kept[0] = entering(model, batch, precision, frozen, kept[0]));
        try {
            Classification rest = new Classification(same -> logits(model, kept[0], precision, frozen), recipe.loss());
            double each = timed(seconds / 2, () -> rest.of(batch).loss().backward());
            return new Measured(way, precision, once / batch.size() + preparing, each / batch.size() + preparing);
        } finally {
            kept[0].releaseReference();
        }
    }

    private static Tensor entering(VisionTransformer model, Batch batch, Precision precision, int block, Tensor old) {
        try (AutoGradMode constant = new AutoGradMode(false);
                Autocast cast = Autocast.of(precision)) {
            if (old != null) {
                old.releaseReference();
            }
            Tensor pixels = Pixels.of(batch.pixels(), batch.size(), batch.side(), batch.side());
            return model.entering(pixels, block)
                    .to(org.bytedeco.pytorch.global.torch.ScalarType.Float)
                    .retainReference();
        }
    }

    private static Tensor logits(VisionTransformer model, Tensor tokens, Precision precision, int block) {
        try (Autocast cast = Autocast.of(precision)) {
            return model.logitsFrom(tokens, block, true).to(org.bytedeco.pytorch.global.torch.ScalarType.Float);
        }
    }

    /** Seconds for a run, in the mean over as many as fit, and one or more; a first one warms up. */
    private static double timed(double seconds, Work work) {
        inScope(work);
        long begin = System.nanoTime();
        int runs = 0;
        do {
            inScope(work);
            runs++;
        } while (System.nanoTime() - begin < seconds * 1e9);
        return (System.nanoTime() - begin) / 1e9 / runs;
    }

    private static void inScope(Work work) {
        try (PointerScope scope = new PointerScope()) {
            work.run();
        }
    }
}
