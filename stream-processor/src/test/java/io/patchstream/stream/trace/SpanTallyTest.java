package io.patchstream.stream.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpanTallyTest {
    private static final List<SpanData> TWO = Collections.nCopies(2, null);

    private final List<String> said = new ArrayList<>();
    private final List<CompletableResultCode> open = new ArrayList<>();
    private final SpanTally tally = new SpanTally(
            new Exporter(), "http://collector", 4, (message, reason) -> said.add(message + ": " + reason));

    /** Leaves each export open. */
    private final class Exporter implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            CompletableResultCode result = new CompletableResultCode();
            open.add(result);
            return result;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private void make(int spans) {
        for (int i = 0; i < spans; i++) {
            tally.made();
        }
    }

    @Test
    void shouldSayOnceThatACollectorDoesNotTakeSpansAndCountTheRest() {
        make(6);
        for (int i = 0; i < 3; i++) {
            tally.export(TWO);
        }
        open.get(0).succeed();
        open.get(1).failExceptionally(new IllegalStateException("away"));
        open.get(2).fail();
        assertThat(tally.counts()).isEqualTo(new SpanCounts(6, 2, 4));
        assertThat(said)
                .containsExactly("spans cannot be delivered, which costs no frame; later ones are tried and counted:"
                        + " java.lang.IllegalStateException: away");
    }

    @Test
    void shouldSayOnceThatMoreSpansAreMadeThanCanWait() {
        make(6);
        tally.export(TWO);
        assertThat(said).as("four wait, which is what can").isEmpty();
        make(1);
        tally.export(TWO);
        tally.export(TWO);
        assertThat(said).containsExactly("spans are left out, which costs no frame: more than 4 would have to wait");
    }
}
