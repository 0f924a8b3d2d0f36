package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.topology.FakeEngine;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TappedEngineTest {
    private static final FrameSource SOURCE = new FrameSource("t", "frames", 3);

    private final Mailbox mailbox = new Mailbox();
    private final TappedEngine engine = new TappedEngine(FakeEngine.instant(), mailbox);

    @AfterEach
    void close() {
        engine.close();
    }

    private FrameOutcome answer(String payload) throws InterruptedException {
        return answer(SOURCE, payload);
    }

    private FrameOutcome answer(FrameSource source, String payload) throws InterruptedException {
        FrameHead head = new FrameHead("f", "cam", 0, 0, 1, Map.of());
        EncodedFrame frame =
                new EncodedFrame(head, EncodedFrame.Encoding.JPEG, ByteBuffer.wrap(payload.getBytes(UTF_8)));
        return engine.await(engine.submit(new FrameRequest(source, "cam", FrameRequest.NO_DEADLINE, () -> frame)));
    }

    @Test
    void shouldTellNothingOfAnswersWhileNobodyWatches() throws InterruptedException {
        assertThat(answer("picture")).isInstanceOf(FrameOutcome.Classified.class);

        assertThat(mailbox.poll(0)).isNull();
    }

    @Test
    void shouldTellOfDeadLettersAlways() throws InterruptedException {
        FrameOutcome outcome = answer("BAD");

        assertThat(mailbox.poll(0)).isInstanceOfSatisfying(Sighting.class, sighting -> {
            assertThat(sighting.outcome()).isSameAs(outcome);
            assertThat(sighting.camera()).isEqualTo("cam");
            assertThat(sighting.source()).isEqualTo(SOURCE);
            assertThat(sighting.picture()).isEmpty();
        });
    }

    @Test
    void shouldShowAFrameWithItsOwnAnswer() throws InterruptedException {
        mailbox.setWatched(true);

        FrameOutcome outcome = answer("picture");

        assertThat(mailbox.poll(0)).isInstanceOfSatisfying(Sighting.class, sighting -> {
            assertThat(sighting.outcome()).isSameAs(outcome);
            assertThat(UTF_8.decode(sighting.picture().orElseThrow().payload()).toString())
                    .isEqualTo("picture");
            assertThat(sighting.times().waited()).isPositive();
        });
    }

    @Test
    void shouldNotTakeWhatIsTriedOutForACamera() throws InterruptedException {
        mailbox.setWatched(true);

        answer(TryOut.SOURCE, "picture");
        answer(TryOut.SOURCE, "BAD");

        assertThat(mailbox.poll(0)).isNull();
    }

    @Test
    void shouldAnswerAsBeforeWhenTheMailboxIsFull() throws InterruptedException {
        mailbox.setWatched(true);
        for (int i = 0; i < 1000; i++) {
            assertThat(answer("picture " + i)).isInstanceOf(FrameOutcome.Classified.class);
        }

        assertThat(mailbox.leftOut()).isEqualTo(488);
    }
}
