package io.patchstream.stream.settings;

import java.time.Duration;

/**
 * Which answers are uncertain, and how many of them a person is to look at. Off while no rule is asked for.
 *
 * @param probability below it, the best label's probability is a doubt
 * @param margin below it, the distance from the best label's probability to the second's is a doubt
 * @param set whether a conformal set of other than one label is a doubt
 * @param distance a picture farther than so many percent of known pictures is a doubt
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
                key = "uncertain.set",
                or = "false",
                says =
                        "A picture is uncertain when its conformal set has not just one label: several, or none. A model that"
                                + " promises no sets is refused.")
        boolean set,

        @Setting(
                key = "uncertain.distance",
                or = "0",
                says =
                        "A picture is uncertain when it is farther from every class than this percentage of known pictures, such as"
                                + " 99; 0: never for that. A model without a limit for just that percentage is refused.")
        double distance,

        @Setting(
                key = "output.uncertain",
                or = "patchstream.uncertain",
                says = "Topic for uncertain pictures, where uncertain.probability, uncertain.margin, uncertain.set or"
                        + " uncertain.distance asks for them.")
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
                .that(distance >= 0 && distance < 100, "uncertain.distance", distance, "0, or a percentage below 100")
                .topic("output.uncertain", topic)
                .atLeast(1, "uncertain.per.camera", perCamera)
                .that(window.toMillis() >= 1, "uncertain.window", window, "at least 1ms")
                .done();
    }

    /** Whether anything is asked for. */
    public boolean isOn() {
        return probability > 0 || margin > 0 || set || distance > 0;
    }
}
