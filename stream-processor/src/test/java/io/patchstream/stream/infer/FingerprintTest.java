package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.DecodeScale;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    @Test
    void shouldNameTheInstructionSetsThatKernelsChooseBy() {
        assertThat(Fingerprint.instructionSet(List.of(
                        "processor\t: 0",
                        "flags\t\t: fpu sse2 avx fma avx2 avx512f avx512_vnni rdrand",
                        "processor\t: 1",
                        "flags\t\t: fpu")))
                .isEqualTo("avx+avx2+fma+avx512f+avx512_vnni");
        assertThat(Fingerprint.instructionSet(List.of("Features\t: fp asimd i8mm")))
                .isEqualTo("asimd+i8mm");
    }

    @Test
    void shouldSayWhenItDoesNotKnow() {
        assertThat(Fingerprint.instructionSet(List.of())).isEqualTo("unknown");
    }

    @Test
    void shouldDifferWhenABitMayDiffer() {
        assertThat(Fingerprint.of("1.29.0", "cpu", "ALL_OPT", DecodeScale.FULL))
                .isNotEqualTo(Fingerprint.of("1.29.0", "cpu", "ALL_OPT", DecodeScale.HALF))
                .isNotEqualTo(Fingerprint.of("1.29.1", "cpu", "ALL_OPT", DecodeScale.FULL))
                .contains("arch=", "isa=")
                .doesNotContain(" ");
    }
}
