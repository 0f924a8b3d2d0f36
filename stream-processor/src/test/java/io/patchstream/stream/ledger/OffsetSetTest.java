package io.patchstream.stream.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class OffsetSetTest {
    @Property(tries = 200)
    void shouldBeTheSetOfWhatWasAdded(
            @ForAll Set<@LongRange(min = 0, max = 40_000) Long> offsets,
            @ForAll @LongRange(min = 0, max = 40_000) long first,
            @ForAll @LongRange(min = 0, max = 40_000) long end) {
        OffsetSet set = new OffsetSet();
        offsets.forEach(offset -> assertThat(set.add(offset)).isTrue());
        offsets.forEach(offset -> assertThat(set.add(offset)).isFalse());
        NavigableSet<Long> model = new TreeSet<>(offsets);
        assertThat(set.count(first, end))
                .isEqualTo(first < end ? model.subSet(first, end).size() : 0);
        Long next = model.ceiling(first);
        if (first < end) {
            assertThat(set.next(first, end)).isEqualTo(next == null || next > end ? end : next);
        }
        assertThat(set.contains(first)).isEqualTo(model.contains(first));
    }

    @Property(tries = 100)
    void shouldFindTheEndOfARun(
            @ForAll @LongRange(min = 0, max = 20_000) long first,
            @ForAll @LongRange(min = 1, max = 20_000) long length) {
        OffsetSet set = new OffsetSet();
        for (long offset = first; offset < first + length; offset++) {
            set.add(offset);
        }
        assertThat(set.nextAbsent(first, Long.MAX_VALUE)).isEqualTo(first + length);
        assertThat(set.next(0, Long.MAX_VALUE)).isEqualTo(first);
        assertThat(set.next(first + length, 1L << 40)).isEqualTo(1L << 40);
        assertThat(set.count(0, 1L << 40)).isEqualTo(length);
    }
}
