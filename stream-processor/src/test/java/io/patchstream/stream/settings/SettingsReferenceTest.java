package io.patchstream.stream.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsReferenceTest {
    /** Written again by {@code ./patchstream settings --markdown > docs/settings.md}. */
    @Test
    void shouldBeWhatTheDocumentationShows() throws Exception {
        assertThat(Files.readString(Path.of("../docs/settings.md")))
                .as("docs/settings.md is stale; write it again: ./patchstream settings --markdown > docs/settings.md")
                .isEqualTo(SettingsReference.ofRecords().toMarkdown());
    }

    @Test
    void shouldGiveEverySettingASentenceAndAKeyOfItsOwn() {
        assertThat(SettingsReference.ofRecords().entries())
                .hasSizeGreaterThan(20)
                .allSatisfy(entry -> assertThat(entry.says()).endsWith("."));
        assertThat(SettingsReference.ofRecords().keys()).doesNotHaveDuplicates();
        assertThat(SettingsReference.ofRecords().entries())
                .extracting(SettingsReference.Entry::variable)
                .doesNotHaveDuplicates();
    }
}
