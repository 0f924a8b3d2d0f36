package io.patchstream.stream.settings;

import java.time.Duration;

/**
 * Which answers are uncertain, and how many of them a person is to look at. Off while both limits are 0.
 *
 * @param probability below it, the best label's probability is a doubt
 * @param margin below it, the distance from the best label's probability to the second's is a doubt
 * @param topic where uncertain pictures go
 * @param perCamera how many of a camera in a window
 * @param window how long a window is
 * @param payload whether the picture goes along
 */
public record UncertainSettings(
        @Setting(
                key = "uncertain.probability",
                or = "0",
                says = "A picture is uncertain when its best label has less than this probability; 0: never for that.")
        double probability,

        @Setting(
                key = "uncertain.margin",
                or = "0",
                says =
                        "A picture is uncertain when its best label is ahead of the second by less than this; 0: never for"
                                + " that.")
        double margin,

        @Setting(
                key = "output.uncertain",
                or = "patchstream.uncertain",
                says = "Topic for uncertain pictures, where uncertain.probability or uncertain.margin asks for them.")
        String topic,

        @Setting(
                key = "uncertain.per.camera",
                or = "10",
                says = "At most so many uncertain pictures of a camera in each uncertain.window; the first ones.")
        int perCamera,

        @Setting(
                key = "uncertain.window",
                or = "1h",
                says =
                        "Windows for uncertain.per.camera, by the records' timestamps and laid from 1970 on, so that a replay"
                                + " cuts the same.")
        Duration window,

        @Setting(
                key = "uncertain.payload",
                or = "reference",
                says =
                        "reference: an uncertain picture is named by topic, partition and offset. copy: its frame's payload goes"
                                + " along, and outlives the frame.")
        Payload payload) {

    /** How an uncertain record names its picture. */
    public enum Payload {
        REFERENCE,
        COPY
    }

    public UncertainSettings {
        new Checks()
                .that(probability >= 0 && probability <= 1, "uncertain.probability", probability, "0 to 1")
                .that(margin >= 0 && margin <= 1, "uncertain.margin", margin, "0 to 1")
                .topic("output.uncertain", topic)
                .atLeast(1, "uncertain.per.camera", perCamera)
                .that(window.toMillis() >= 1, "uncertain.window", window, "at least 1ms")
                .done();
    }

    /** Whether anything is asked for. */
    public boolean isOn() {
        return probability > 0 || margin > 0;
    }
}
