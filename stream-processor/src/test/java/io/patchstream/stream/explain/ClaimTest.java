package io.patchstream.stream.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.publish.SourcePosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimTest {
    @ParameterizedTest
    @CsvSource({
        "onnxruntime=1.29.0;device=cuda:NVIDIA_H200+driver-580.159.04;decode=FULL;batch=32, 32",
        "onnxruntime=1.29.0;batch=7;decode=FULL, 7",
        "onnxruntime=1.29.0;device=cpu;decode=FULL, 0"
    })
    void shouldTellHowManyPicturesTheRunHadThatAnswered(String engine, int pictures) {
        assertThat(Claim.batchOf(engine)).isEqualTo(pictures);
    }

    @Test
    void shouldNotTellOfARecordThatDoesNotNameItsEngine() {
        assertThat(new Claim.Rejection(new SourcePosition("frames", 0, 0), "", "DECODE", "TRUNCATED").batch())
                .isEmpty();
    }
}
