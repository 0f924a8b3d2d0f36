package io.patchstream.local;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened so far; closes it in the opposite order, all of it, whatever fails. Confined to its owner. */
final class CloseStack implements AutoCloseable {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T push(T resource) {
        opened.push(resource);
        return resource;
    }

    /** @throws LocalKafkaException when one or more do not close; the others are closed all the same */
    @Override
    public void close() {
        LocalKafkaException failed = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception failure) {
                if (failed == null) {
                    failed = new LocalKafkaException("Local Kafka does not close cleanly: " + failure, failure);
                } else {
                    failed.addSuppressed(failure);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
