package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaTest {
    /** As {@code /proc/driver/nvidia/version} begins: with NVIDIA's own module, and with the open one. */
    @ParameterizedTest
    @CsvSource({
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.57.02  Tue Jul 13 16:14:05 UTC 2021, 470.57.02",
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (nixbld@), 580.159.04",
        "something else, unknown"
    })
    void shouldFindTheDriversVersion(String line, String version) {
        assertThat(Cuda.driverVersion(line)).isEqualTo(version);
    }
}
