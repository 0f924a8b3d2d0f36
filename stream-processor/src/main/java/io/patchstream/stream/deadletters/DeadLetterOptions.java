package io.patchstream.stream.deadletters;

import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.RangeOptions;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.settings.Settings;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which dead letters are meant; a picocli mixin. */
final class DeadLetterOptions {
    @Mixin
    private RangeOptions range;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Only those whose reason is this: a stage (DECODE), a code (AVRO) or both (READ/AVRO).")
    private String reason;

    @Option(names = "--camera", paramLabel = "ID", description = "Only those of this camera.")
    private String camera;

    /** Shows {@code each} the dead letters that are meant, partition by partition; where there is no topic there are none. */
    void scan(Settings settings, Lookup lookup, Consumer<DeadLetter> each) {
        String topic = settings.output().deadLetters();
        if (!lookup.exists(topic)) {
            return;
        }
        for (SourceRange part : lookup.ranges(List.of(topic), range.from(), range.to())) {
            lookup.scan(part.partition(), part.first(), part.end(), record -> {
                DeadLetter letter = new DeadLetter(record);
                if (isMeant(letter)) {
                    each.accept(letter);
                }
            });
        }
    }

    private boolean isMeant(DeadLetter letter) {
        return (camera == null || camera.equals(letter.camera()))
                && (reason == null
                        || letter.reason().equalsIgnoreCase(reason)
                        || List.of(letter.reason().split("/", 2)).stream().anyMatch(reason::equalsIgnoreCase));
    }
}
