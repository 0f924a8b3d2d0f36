package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final Publication LABEL = new Publication("a", 1, Optional.empty());

    private final Mailbox mailbox = new Mailbox();

    @Test
    void shouldLeaveOutWhatDoesNotFit() throws InterruptedException {
        for (int i = 0; i < 600; i++) {
            mailbox.offer(LABEL);
        }

        assertThat(mailbox.leftOut()).isEqualTo(88);
        for (int i = 0; i < 512; i++) {
            assertThat(mailbox.poll(0)).isEqualTo(LABEL);
        }
        assertThat(mailbox.poll(0)).isNull();
    }

    @Test
    void shouldWantNoPicturesWhileNobodyWatches() {
        assertThat(mailbox.wantsPicture("a", 0)).isFalse();
    }

    @Test
    void shouldWantFourPicturesOfACameraInASecond() {
        mailbox.setWatched(true);
        int wanted = 0;
        for (long millis = 0; millis < 10_000; millis += 10) {
            wanted += mailbox.wantsPicture("a", millis * 1_000_000) ? 1 : 0;
        }

        assertThat(wanted).isBetween(40, 42);
    }

    @Test
    void shouldWantNoMoreOfManyCamerasThanItCanDecode() {
        mailbox.setWatched(true);
        int wanted = 0;
        for (long millis = 0; millis < 40_000; millis += 20) {
            for (int camera = 0; camera < 100; camera++) {
                wanted += mailbox.wantsPicture("c" + camera, millis * 1_000_000) ? 1 : 0;
            }
        }

        assertThat(wanted).isBetween(950, 1100);
    }

    @Test
    void shouldWantNoPicturesWhenItIsHalfFull() {
        mailbox.setWatched(true);
        for (int i = 0; i < 300; i++) {
            mailbox.offer(LABEL);
        }

        assertThat(mailbox.wantsPicture("a", 0)).isFalse();
    }
}
