package io.patchstream.trainer.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.model.MultiplyAdds;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariationTest {
    @TempDir
    Path folder;

    private List<Variation> read(String... lines) throws IOException {
        return Variation.read(
                Variation.Kind.CONTENDER,
                Files.write(folder.resolve("contenders.txt"), List.of(lines)).toString());
    }

    @Test
    void shouldReadNamesAndSettings() throws IOException {
        List<Variation> all =
                read("# two", "", "R14+ViT s: model=ViT-S/16 pooling=MAP; layers = 2", "BiT: model=BiT-R26x1");

        assertThat(all).extracting(Variation::family).containsExactly("R14+ViT", "BiT");
        assertThat(all).extracting(Variation::slug).containsExactly("r14-and-vit-s", "bit");
        assertThat(all.get(0).settings()).isEqualTo(Map.of("model", "ViT-S/16 pooling=MAP", "layers", "2"));
    }

    @Test
    void shouldLetTheCommandLineGoFirst() throws IOException {
        Recipe common = RecipeReader.of(Map.of("name", "x", "batch-size", "7", "learning-rate", "0.1", "seed", "3"));
        Recipe recipe =
                read("BiT: model=BiT-R14x1; learning-rate=0.2; seed=4").get(0).recipe(common, Map.of("seed", "5"));

        assertThat(List.of(recipe.batchSize(), recipe.learningRate(), recipe.seed()))
                .isEqualTo(List.of(7, 0.2, 5L));
    }

    @Test
    void shouldSayWhatIsWrongAndWhere() {
        assertThatThrownBy(() -> read("ViT: model=ViT-S/16", "what is this")).hasMessageContaining("line 2: ");
        assertThatThrownBy(() -> read("ViT: layers=2")).hasMessageContaining("ViT has no model");
        assertThatThrownBy(() -> read("ViT: model=ViT-S/16; layers")).hasMessageContaining("'layers' is not key=value");
        assertThatThrownBy(() -> read("ViT: model=a", "ViT: model=b"))
                .hasMessageContaining("two contenders of one name");
        assertThatThrownBy(() -> read("#")).hasMessageContaining("names no contenders");
        assertThatThrownBy(() -> Variation.read(Variation.Kind.CONTENDER, "nowhere.txt"))
                .hasMessageContaining("neither a file nor one of data-size and scaling");
        assertThatThrownBy(() -> read("ViT: model=a; layer=2").get(0).recipe(RecipeReader.of(Map.of()), Map.of()))
                .hasMessageContaining("ViT: ")
                .hasMessageContaining("the nearest is layers");
    }

    @Test
    void shouldKnowTheNineteenTasks() throws IOException {
        List<Variation> tasks = Variation.read(Variation.Kind.TASK, "vtab");

        assertThat(tasks.stream().collect(Collectors.groupingBy(Variation::family, Collectors.counting())))
                .isEqualTo(Map.of("natural", 7L, "specialized", 4L, "structured", 8L));
        assertThatThrownBy(() -> Variation.read(Variation.Kind.TASK, "data-size"))
                .hasMessageContaining("ViT 64x3 has no data, such as data=FOLDER");
        assertThatThrownBy(() -> Variation.read(Variation.Kind.TASK, "nowhere"))
                .hasMessageContaining("there are no tasks nowhere: neither a file nor vtab");
    }

    @Test
    void shouldCompareLikeWithLike() throws IOException {
        List<Long> one = multiplyAdds("data-size");
        assertThat(one).hasSize(4).allSatisfy(count -> assertThat(count).isBetween(7_600_000L, 8_400_000L));
        List<Long> two = multiplyAdds("scaling");
        for (int i = 0; i < two.size(); i += 2) {
            assertThat(two.get(i + 1) / (double) two.get(i)).isBetween(3.5, 4.1);
        }
    }

    private static List<Long> multiplyAdds(String contenders) throws IOException {
        Recipe common = RecipeReader.read("study", Map.of());
        return Variation.read(Variation.Kind.CONTENDER, contenders).stream()
                .map(contender ->
                        MultiplyAdds.of(contender.recipe(common, Map.of()).modelConfig(10)))
                .toList();
    }
}
