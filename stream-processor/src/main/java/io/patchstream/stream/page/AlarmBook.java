package io.patchstream.stream.page;

import io.patchstream.stream.frame.EncodedFrame;
import java.util.List;

/** Alarms of all processors, as their topic has them. From any thread. */
public interface AlarmBook extends AutoCloseable {
    /** Where there are no rules. */
    AlarmBook NONE = new AlarmBook() {
        @Override
        public Content content() {
            return new Content(State.NO_RULES, "", "", List.of(), List.of(), 0);
        }

        @Override
        public Shown picture(String id) {
            throw new DeskException("there are no rules, and so no alarms", null);
        }

        @Override
        public void close() {
            // Nothing was opened.
        }
    };

    /** What is known now, at once; the first who asks has it begin to read. */
    Content content();

    /**
     * The picture that raised an alarm, from the topic where its frame was read.
     *
     * @param id of an alarm in {@link #content}
     * @throws DeskException when it is there no longer, or cannot be read
     */
    Shown picture(String id);

    @Override
    void close();

    /** A frame, and which of its pictures is meant. */
    record Shown(EncodedFrame frame, int picture) {}

    /** How far it is. */
    enum State {
        NO_RULES,
        READING,
        KNOWN,
        LOST
    }

    /**
     * The alarms.
     *
     * @param state how far they are known
     * @param topic where they lie
     * @param why it is lost
     * @param on raised and not cleared yet, the newest first
     * @param cleared the last of them, the newest first
     * @param hidden alarms that are on and not among {@code on}, since there are too many
     */
    record Content(State state, String topic, String why, List<Bell> on, List<Bell> cleared, int hidden) {
        public Content {
            on = List.copyOf(on);
            cleared = List.copyOf(cleared);
        }
    }

    /**
     * An alarm.
     *
     * @param id of the one that was raised
     * @param rule the rule's name
     * @param camera the camera
     * @param label what the picture shows that raised it
     * @param probability of that label
     * @param raisedAtMillis when that picture was taken, since the epoch
     * @param source its frame's topic, partition and offset
     * @param clearedAtMillis when the picture was taken that cleared it; null while it is on
     * @param isRuleGone whether it was cleared since its rule was changed or taken away
     */
    record Bell(
            String id,
            String rule,
            String camera,
            String label,
            float probability,
            long raisedAtMillis,
            String source,
            Long clearedAtMillis,
            boolean isRuleGone) {}
}
