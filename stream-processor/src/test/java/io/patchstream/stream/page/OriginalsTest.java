package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class OriginalsTest {
    private final Originals originals = new Originals(10);

    @Test
    void shouldKeepAsManyBytesAsFitTheNewestFirst() {
        originals.add(1, ByteBuffer.wrap(new byte[4]));
        originals.add(2, ByteBuffer.wrap(new byte[4]));
        originals.add(3, ByteBuffer.wrap(new byte[4]));

        assertThat(originals.find(1)).isEmpty();
        assertThat(originals.find(2)).isPresent();
        assertThat(originals.find(3)).map(ByteBuffer::remaining).contains(4);

        originals.add(4, ByteBuffer.wrap(new byte[11]));
        assertThat(originals.find(4)).isEmpty();
        assertThat(originals.find(3)).isPresent();

        originals.add(5, ByteBuffer.wrap(new byte[10]));
        assertThat(originals.find(3)).isEmpty();
        assertThat(originals.find(5)).isPresent();
    }

    @Test
    void shouldKeepACopy() {
        byte[] record = {7, 8, 9};
        ByteBuffer part = ByteBuffer.wrap(record, 1, 2);
        originals.add(1, part);
        record[1] = 0;

        assertThat(originals.find(1).orElseThrow()).isEqualTo(ByteBuffer.wrap(new byte[] {8, 9}));
        assertThat(part.remaining()).isEqualTo(2);
    }
}
