package io.patchstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseStackTest {

    @Test
    void shouldCloseAllInOppositeOrderOnceAlthoughSomeFail() {
        List<String> closed = new ArrayList<>();
        CloseStack opened = new CloseStack();
        opened.push(() -> closed.add("first"));
        opened.push(() -> {
            closed.add("second");
            throw new IOException("second is stuck");
        });
        opened.push(() -> {
            closed.add("third");
            throw new IllegalStateException("third is stuck");
        });

        assertThatThrownBy(opened::close)
                .isInstanceOf(LocalKafkaException.class)
                .hasMessageContaining("third is stuck")
                .satisfies(failure ->
                        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IOException.class));
        opened.close();

        assertThat(closed).containsExactly("third", "second", "first");
    }
}
