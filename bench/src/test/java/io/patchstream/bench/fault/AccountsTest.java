package io.patchstream.bench.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private static final int FRAMES = 100;
    private static final int PARTITION = 3;

    private final Frames frames = new Frames(7, 4, 50);
    private final Accounts accounts = new Accounts(frames, true);

    /** Frame {@code n} is at offset {@code n}; the last was never acknowledged. */
    @BeforeEach
    void fill() {
        for (long n = 0; n < FRAMES; n++) {
            accounts.onTopic(PARTITION, n, n);
        }
        for (long n = 0; n < FRAMES - 1; n++) {
            accounts.acknowledged(new AckLog.Ack(n, PARTITION, n));
        }
    }

    private void answer(long n) {
        if (frames.isBroken(n)) {
            accounts.deadLetter(PARTITION, n);
        } else {
            label(n);
            accounts.embedding(PARTITION, n, frames.id(n));
        }
    }

    private void label(long n) {
        accounts.label(
                PARTITION,
                n,
                frames.id(n),
                "camera-" + frames.camera(n),
                frames.sequence(n),
                HashEngine.label(frames.payload(n)));
    }

    private void answerAllBut(long left) {
        for (long n = 0; n < FRAMES; n++) {
            if (n != left) {
                answer(n);
            }
        }
    }

    @Test
    void shouldBeExactWhenEachFrameHasItsAnswer() {
        answerAllBut(-1);
        Accounts.Verdict verdict = accounts.close();
        assertThat(verdict.isExact()).isTrue();
        assertThat(verdict.frames()).isEqualTo(FRAMES);
        assertThat(verdict.unacknowledged()).isEqualTo(1);
        assertThat(verdict.deadLetters()).isEqualTo(4);
    }

    @Test
    void shouldNameAFrameWithoutAnswer() {
        answerAllBut(42);
        assertThat(accounts.close().lost()).singleElement().asString().contains("frame 42 at 3@42");
    }

    @Test
    void shouldNameABrokenFrameWithoutDeadLetter() {
        answerAllBut(16);
        assertThat(accounts.close().lost()).singleElement().asString().contains("frame 16");
    }

    @Test
    void shouldCountAFrameThatHasALabelAndNoEmbeddingAsLost() {
        answerAllBut(41);
        label(41);
        assertThat(accounts.close().lost()).singleElement().asString().contains("labels 1, embeddings 0");
    }

    @Test
    void shouldAskForAnAnswerToAFrameThatWasNeverAcknowledgedAndIsThere() {
        answerAllBut(FRAMES - 1);
        assertThat(accounts.close().lost()).hasSize(1);
    }

    @Test
    void shouldNameAFrameThatIsAnsweredTwice() {
        answerAllBut(-1);
        accounts.embedding(PARTITION, 42, frames.id(42));
        assertThat(accounts.close().duplicated()).singleElement().asString().contains("embeddings 2");
    }

    @Test
    void shouldNameAnAnswerThatComesAfterALaterOneOfItsCamera() {
        answerAllBut(42);
        answer(42);
        Accounts.Verdict verdict = accounts.close();
        assertThat(verdict.outOfOrder()).singleElement().asString().isEqualTo("camera-2: 10 after 24");
        assertThat(verdict.isExact()).isFalse();
    }

    @Test
    void shouldNameAFrameThatTheBrokerHasForgotten() {
        answerAllBut(-1);
        accounts.acknowledged(new AckLog.Ack(500, PARTITION, FRAMES));
        assertThat(accounts.close().forgotten()).singleElement().asString().contains("frame 500");
    }

    @Test
    void shouldNameAnAnswerToAnotherFrameThanTheOneThatIsThere() {
        answerAllBut(42);
        accounts.label(PARTITION, 42, frames.id(41), "camera-2", 10, HashEngine.label(frames.payload(42)));
        accounts.embedding(PARTITION, 42, frames.id(42));
        assertThat(accounts.close().wrong()).singleElement().asString().contains("where frame 42 is");
    }

    @Test
    void shouldNameAnAnswerThatTheEngineDoesNotGive() {
        answerAllBut(99);
        accounts.label(PARTITION, 99, frames.id(99), "camera-3", 24, HashEngine.label(frames.payload(99)) + 1);
        accounts.embedding(PARTITION, 99, frames.id(99));
        assertThat(accounts.close().wrong()).singleElement().asString().contains("frame 99");
    }

    private void doubt(int frames, long millisApart) {
        for (long n = 0; n < frames; n++) {
            accounts.doubted(PARTITION, n, "camera", n * millisApart);
        }
    }

    @Test
    void shouldNameAnUncertainPictureThatWasForgotten() {
        answerAllBut(-1);
        doubt(5, 1000);
        for (long n = 0; n < 4; n++) {
            accounts.uncertain(PARTITION, n);
        }
        Accounts.Verdict verdict = accounts.close();
        assertThat(verdict.misremembered()).singleElement().asString().contains("frame 4 at 3@4", "0 times, due 1");
        assertThat(verdict.uncertain()).isEqualTo(4);
        assertThat(verdict.isExact()).isFalse();
    }

    @Test
    void shouldNameAnUncertainPictureBeyondTheBudgetOfItsWindow() {
        answerAllBut(-1);
        doubt(6, 100);
        for (long n = 0; n < 6; n++) {
            accounts.uncertain(PARTITION, n);
        }
        assertThat(accounts.close().misremembered()).singleElement().asString().contains("frame 5 at 3@5");
    }

    @Test
    void shouldCountARecordBehindItsWindowInTheNewest() {
        answerAllBut(-1);
        accounts.doubted(PARTITION, 0, "camera", 7000);
        for (long n = 1; n < 6; n++) {
            accounts.doubted(PARTITION, n, "camera", 1000);
        }
        for (long n = 0; n < 5; n++) {
            accounts.uncertain(PARTITION, n);
        }
        assertThat(accounts.close().misremembered()).isEmpty();
    }

    @Test
    void shouldNameADeadLetterForAGoodFrame() {
        answerAllBut(42);
        accounts.deadLetter(PARTITION, 42);
        assertThat(accounts.close().wrong()).singleElement().asString().contains("a good one");
    }
}
