package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.page.Subscriber.Message;
import org.junit.jupiter.api.Test;

class SubscriberTest {
    private final Subscriber subscriber = new Subscriber();

    @Test
    void shouldKeepTheNewestOfEachKindOnly() throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            subscriber.put("snapshot", new Message("snapshot", "s" + i));
            subscriber.put("picture a", new Message("picture", "a" + i));
        }

        assertThat(subscriber.take(0)).extracting(Message::data).containsExactly("s999", "a999");
        assertThat(subscriber.take(0)).isEmpty();
    }

    @Test
    void shouldCallOneStuckWhoseWriteDoesNotEnd() {
        subscriber.writes(5);

        assertThat(subscriber.isStuck(14, 10)).isFalse();
        assertThat(subscriber.isStuck(16, 10)).isTrue();
        subscriber.writes(0);
        assertThat(subscriber.isStuck(100, 10)).isFalse();
    }
}
