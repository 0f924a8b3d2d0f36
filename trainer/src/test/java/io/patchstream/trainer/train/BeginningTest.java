package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelLineage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeginningTest {
    private static final String MODEL = "ViT-mu/8";

    @TempDir
    Path folder;

    /** Table 4: the hidden layer of the pre-training head goes, the new head is zero, positions are stretched. */
    @Test
    void shouldFineTuneAsThePaperDoes() throws IOException {
        TrainedModel parent = parent(MODEL + " representation=32", 16, 7);
        Map<String, HostTensor> begun = begin(MODEL, 24, List.of("x", "y", "z"));

        assertThat(begun).doesNotContainKey("pre_logits.weight");
        assertThat(begun.get("head.weight").shape()).containsExactly(3, 32);
        assertThat(begun.get("head.weight").values()).containsOnly(0);
        assertThat(begun.get("blocks.0.attn.qkv.weight").values())
                .isEqualTo(parent.parameters().get("blocks.0.attn.qkv.weight").values());

        float[] old = parent.parameters().get("pos_embed").values(); // class token, then 2 x 2
        float[] now = begun.get("pos_embed").values(); // class token, then 3 x 3
        assertThat(now).hasSize(10 * 32).startsWith(java.util.Arrays.copyOf(old, 32));
        for (int d = 0; d < 32; d++) { // scipy.ndimage.zoom(order=1): corners stay, between them is the mean
            assertThat(now[32 + d]).isEqualTo(old[32 + d]);
            assertThat(now[9 * 32 + d]).isEqualTo(old[4 * 32 + d]);
            assertThat(now[2 * 32 + d]).isEqualTo((float) ((old[32 + d] + (double) old[2 * 32 + d]) / 2));
        }
    }

    @Test
    void shouldStretchThePositionsOfEveryBlock() throws IOException {
        String model = MODEL + " positions-at=EVERY_BLOCK";
        TrainedModel parent = parent(model, 16, 3);

        float[] now =
                begin(model, 24, parent.labels()).get("blocks.0.pos_embed").values();

        float[] old = parent.parameters().get("blocks.0.pos_embed").values(); // class token, then 2 x 2
        assertThat(now).hasSize(10 * 32);
        for (int d = 0; d < 32; d++) {
            assertThat(now[9 * 32 + d]).isEqualTo(old[4 * 32 + d]);
        }
    }

    @Test
    void shouldKeepTheHeadForTheSameClasses() throws IOException {
        TrainedModel parent = parent(MODEL, 16, 3);
        Map<String, HostTensor> begun = begin(MODEL, 16, parent.labels());
        assertThat(begun.get("blocks.0.mlp.fc1.weight").values())
                .isEqualTo(parent.parameters().get("blocks.0.mlp.fc1.weight").values());
        assertThat(begun.get("head.bias").values())
                .isEqualTo(parent.parameters().get("head.bias").values());
    }

    @Test
    void shouldNameWhatDoesNotFit() throws IOException {
        parent(MODEL, 16, 3);
        assertThatThrownBy(() -> begin("ViT-mu/4", 16, List.of("x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("patch_embed.proj.weight [32, 3, 8, 8]; this model takes [32, 3, 4, 4]")
                .hasMessageContaining("the parent's (ViT-mu/8)");
        parent(MODEL + " registers=2", 16, 3);
        assertThatThrownBy(() -> begin(MODEL, 16, List.of("x"))).hasMessageContaining("cls_token [1, 3, 32]");
    }

    private TrainedModel parent(String model, int side, int classes) throws IOException {
        Recipe recipe = recipe(model, side, "");
        ModelConfig config = recipe.modelConfig(classes);
        List<String> labels =
                IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
        TrainedModel parent = new TrainedModel(
                config,
                Initialisation.of(config, 3),
                labels,
                recipe.preprocessing(),
                new ModelLineage("", "", "parent", 3, Map.of(), ""));
        parent.write(folder);
        return parent;
    }

    private Map<String, HostTensor> begin(String model, int side, List<String> labels) throws IOException {
        Recipe recipe = recipe(model, side, folder.toString());
        return new Beginning(recipe, recipe.modelConfig(labels.size())).parameters(labels);
    }

    private static Recipe recipe(String model, int side, String from) {
        return RecipeReader.of(Map.of("name", "x", "model", model, "image-size", Integer.toString(side), "from", from));
    }
}
