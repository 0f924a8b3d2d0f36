package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That a killed process leaves none behind is tested where models are loaded. */
class RuntimeLibrariesTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, linux-x86_64, linux-x64",
        "Linux, linux-arm64, linux-aarch64",
        "Mac OS X, macosx-arm64, osx-aarch64",
        "Windows 11, windows-x86_64, win-x64"
    })
    void shouldNamePlatformsAsOnnxRuntimeDoes(String operatingSystem, String javaCpp, String expected) {
        assertThat(RuntimeLibraries.platform(operatingSystem, javaCpp)).isEqualTo(expected);
    }
}
