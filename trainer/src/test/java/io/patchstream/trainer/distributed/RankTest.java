package io.patchstream.trainer.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankTest {
    @Test
    void shouldBeAloneWithoutTorchrunsVariables() {
        assertThat(Rank.of(Map.of())).isEqualTo(Rank.alone());
        assertThat(Rank.of(Map.of("WORLD_SIZE", "1", "RANK", "0"))).isEqualTo(Rank.alone());
    }

    @Test
    void shouldReadTorchrunsVariables() {
        Rank rank = Rank.of(Map.of("RANK", "2", "WORLD_SIZE", "4", "MASTER_ADDR", "trainer-0", "MASTER_PORT", "3333"));

        assertThat(rank).isEqualTo(new Rank(2, 4, "trainer-0", 3333));
        assertThat(rank.first()).isFalse();
    }

    @Test
    void shouldSayAllThatIsWrong() {
        assertThatThrownBy(() -> Rank.of(Map.of("RANK", "4", "WORLD_SIZE", "4")))
                .hasMessageContaining("RANK is 4")
                .hasMessageContaining("MASTER_ADDR is not set");
        assertThatThrownBy(() -> Rank.of(Map.of("WORLD_SIZE", "many"))).hasMessageContaining("WORLD_SIZE is 'many'");
    }

    @Test
    void shouldDivideWithoutGapsOrOverlaps() {
        for (int count = 0; count < 20; count++) {
            int total = count;
            assertThat(IntStream.range(0, 3)
                            .mapToObj(rank -> new Rank(rank, 3, "host", 1))
                            .mapToInt(rank -> rank.to(total) - rank.from(total)))
                    .allMatch(size -> size == total / 3 || size == total / 3 + 1)
                    .satisfies(sizes ->
                            assertThat(sizes.stream().mapToInt(i -> i).sum()).isEqualTo(total));
        }
    }
}
