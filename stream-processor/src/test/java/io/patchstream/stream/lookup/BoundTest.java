package io.patchstream.stream.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BoundTest {
    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("a", 0), new TopicPartition("a", 1), new TopicPartition("b", 0));

    @Test
    void shouldReadTimesOffsetsAndWords() {
        assertThat(Bound.parse("2026-11-23T04:22:00+01:00"))
                .isEqualTo(new Bound.At(Instant.parse("2026-11-23T03:22:00Z")));
        assertThat(Bound.parse("17")).isEqualTo(new Bound.Offset(17));
        assertThat(Bound.parse("0:5,a:1:7")).isEqualTo(new Bound.Offsets(Map.of("0", 5L, "a:1", 7L)));
        assertThat(Bound.parse("Latest")).isEqualTo(new Bound.Latest());
    }

    @Test
    void shouldLeavePartitionsOutThatAreNotNamed() {
        assertThat(Bound.parse("b:0:5,1:7").in(PARTITIONS, null))
                .isEqualTo(Map.of(new TopicPartition("b", 0), 5L, new TopicPartition("a", 1), 7L));
    }

    @Test
    void shouldSayWhatAPlaceMayBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bound.parse("yesterday"))
                .withMessageContaining("'yesterday' is no place in a topic")
                .withMessageContaining("0:100,1:250");
    }
}
