package io.patchstream.stream.settings;

import java.time.Duration;

/**
 * Where frames are decoded.
 *
 * @param isolation in the processor's own process, or in one of each decode thread's
 * @param isolationMemory what such a process may take, in bytes
 * @param isolationPatience how long it may be silent over one picture
 */
public record DecodeSettings(
        @Setting(
                key = "decode.isolation",
                or = "none",
                says =
                        "`process` decodes in a child process for each decode thread: a frame that kills the decoder or never"
                                + " ends is tried once more and becomes a dead letter, and nothing else notices; `none` decodes in the"
                                + " processor.")
        Isolated isolation,

        @Setting(
                key = "decode.isolation.memory",
                or = "1536MiB",
                says = "What a decoder's process may take; half of it is for Java's heap.")
        long isolationMemory,

        @Setting(
                key = "decode.isolation.patience",
                or = "5s",
                says = "How long a decoder's process may be silent over one picture before it is killed.")
        Duration isolationPatience) {

    /** Where. */
    public enum Isolated {
        NONE,
        PROCESS
    }

    public DecodeSettings {
        new Checks()
                .that(isolationMemory >= 1L << 30, "decode.isolation.memory", isolationMemory, "at least 1 GiB")
                .that(isolationPatience.toMillis() > 0, "decode.isolation.patience", isolationPatience, "above 0")
                .done();
    }
}
