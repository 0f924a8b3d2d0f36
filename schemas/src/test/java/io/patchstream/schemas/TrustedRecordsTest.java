package io.patchstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrustedRecordsTest {
    private final ClassSecurityPredicate before = ClassSecurityValidator.getGlobal();

    @AfterEach
    void putBack() {
        ClassSecurityValidator.setGlobal(before);
    }

    @Test
    void shouldAddOurRecordsToAvrosListAndNothingElse() {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.DEFAULT);
        assertThat(ClassSecurityValidator.getGlobal().isTrusted(Frame.class)).isFalse();

        TrustedRecords.trust();
        ClassSecurityPredicate once = ClassSecurityValidator.getGlobal();
        TrustedRecords.trust();

        assertThat(once.isTrusted(Frame.class)).isTrue();
        assertThat(once.isTrusted(Origin.class)).isTrue();
        assertThat(once.isTrusted(String.class)).isTrue();
        assertThat(once.isTrusted(Topics.class)).isFalse();
        assertThat(once.isTrusted(ProcessBuilder.class)).isFalse();
        assertThat(ClassSecurityValidator.getGlobal()).isSameAs(once);
    }
}
