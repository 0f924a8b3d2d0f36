package io.patchstream.stream.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dlq show}: one dead letter, whole. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "One dead letter: its headers, and whether the frame is still where it was read, with the same bytes.")
final class DlqShowCommand implements Callable<Integer> {
    private static final int FIRST_BYTES = 32;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Parameters(paramLabel = "PARTITION:OFFSET", description = "Its place, as dlq list shows it.")
    private String place;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the record's value there, as it came.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        if (!place.matches("[0-9]{1,9}:[0-9]{1,18}")) {
            throw new ParameterException(spec.commandLine(), "'" + place + "' is no place; write 0:17");
        }
        Settings settings = options.load().settings();
        String topic = settings.output().deadLetters();
        int partition = Integer.parseInt(place.substring(0, place.indexOf(':')));
        long offset = Long.parseLong(place.substring(place.indexOf(':') + 1));
        try (Lookup lookup = Lookup.open(settings)) {
            DeadLetter letter = lookup.record(new TopicPartition(topic, partition), offset)
                    .map(DeadLetter::new)
                    .orElseThrow(() -> new ProcessorFailedException(
                            "there is no dead letter at " + place + " of " + topic + "; dlq list shows them", null));
            show(letter, lookup);
            if (out != null && letter.record().value() != null) {
                Files.write(out, letter.record().value());
            }
            return ExitCode.OK;
        }
    }

    private void show(DeadLetter letter, Lookup lookup) {
        PrintWriter text = spec.commandLine().getOut();
        byte[] value = letter.record().value();
        text.println("dead letter " + letter.place() + " of " + letter.record().topic());
        text.println("time      " + Instant.ofEpochMilli(letter.record().timestamp()));
        text.println("reason    " + letter.reason() + ": " + letter.message());
        text.println("camera    " + letter.camera());
        text.println("source    "
                + letter.source().map(SourcePosition::toString).orElse("unknown") + ", "
                + letter.source().map(source -> found(letter, source, lookup)).orElse("its headers do not say"));
        text.println("attempts  " + letter.attempts());
        text.println("value     "
                + (value == null
                        ? "none"
                        : value.length + " bytes, the first: "
                                + HexFormat.ofDelimiter(" ").formatHex(value, 0, Math.min(value.length, FIRST_BYTES))));
        for (Header header : letter.record().headers()) {
            text.println("header    " + header.key() + " = "
                    + (header.value() == null ? "" : new String(header.value(), UTF_8)));
        }
        text.flush();
    }

    private static String found(DeadLetter letter, SourcePosition source, Lookup lookup) {
        if (!lookup.exists(source.topic()) || lookup.partitions(source.topic()).size() <= source.partition()) {
            return "a place that is not there any more";
        }
        return lookup.record(new TopicPartition(source.topic(), source.partition()), source.offset())
                .map(frame ->
                        java.util.Arrays.equals(frame.value(), letter.record().value())
                                ? "still there, the same bytes"
                                : "where other bytes lie now")
                .orElse("gone from there");
    }
}
