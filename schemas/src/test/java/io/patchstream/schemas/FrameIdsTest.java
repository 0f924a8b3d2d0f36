package io.patchstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class FrameIdsTest {
    private static final ByteBuffer PAYLOAD = ByteBuffer.wrap("jpeg".getBytes(StandardCharsets.UTF_8));

    /** By Python's uuid and hashlib, as the class says. */
    @Test
    void shouldGiveTheIdThatOthersCompute() {
        assertThat(FrameIds.ofStored("cam-1", 7, PAYLOAD)).hasToString("02c4d11b-ff93-5e46-8b89-2c70b6c90e66");
        assertThat(FrameIds.ofLive("cam-1", 7, PAYLOAD, 1_700_000_000_000_000L))
                .hasToString("b1fa09ff-5938-5d68-af40-f8bab6ef2626");
    }

    @Test
    void shouldTellFramesApart() {
        assertThat(FrameIds.ofStored("cam-1", 7, PAYLOAD))
                .isNotEqualTo(FrameIds.ofStored("cam-1", 8, PAYLOAD))
                .isNotEqualTo(FrameIds.ofStored("cam-2", 7, PAYLOAD))
                .isNotEqualTo(FrameIds.ofStored("cam-1", 7, PAYLOAD.duplicate().position(1)));
    }

    @Test
    void shouldNotConsumeThePayload() {
        FrameIds.ofStored("cam-1", 7, PAYLOAD);

        assertThat(PAYLOAD.remaining()).isEqualTo(4);
    }
}
