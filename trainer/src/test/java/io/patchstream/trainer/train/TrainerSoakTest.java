package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.torch.LibTorch;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerSoakTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path folder;

    /** A thousand steps of this model make 300 MiB of tensors; without a scope for each step they stay. */
    @Test
    void shouldEndAThousandStepsWithTheMemoryItBeganWith() throws Exception {
        LibTorch.setUp(1);
        Path data = TinyIdx.write(folder.resolve("data"), 800, 16);
        train(data, "warm", "2");
        System.gc();
        long before = Pointer.physicalBytes();

        train(data, "soak", "10");

        System.gc();
        assertThat(Pointer.physicalBytes() - before).isLessThan(60 * MEBIBYTE);
    }

    private void train(Path data, String out, String epochs) throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", epochs, "layers", "1", "batch-size", "8", "precision", "BF16");
        new Trainer(recipe, TrainingData.of(recipe), folder.resolve(out), new Alone()).train();
    }
}
