package io.patchstream.stream.examples;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.lookup.Bound;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FrameRecords;
import io.patchstream.vision.examples.ManifestRow;
import io.patchstream.vision.model.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code data fetch}: a manifest's frames, from the log again. */
@Command(
        name = "fetch",
        mixinStandardHelpOptions = true,
        description = {
            "Reads the frames of a manifest from their topics, by offset, into frames/ beside it; those that are there already",
            "are not read. Exit code 1 when some cannot be had, with their offsets: retention took them, or the bytes there",
            "have another SHA-256. Takes the settings of run."
        })
final class FetchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Parameters(paramLabel = "MANIFEST", description = "What data from-topic or data split wrote.")
    private Path manifest;

    private final Map<TopicPartition, NavigableMap<Long, String>> wanted = new TreeMap<>(
            java.util.Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
    private final List<String> faults = new ArrayList<>();
    private int fetched;

    @Override
    public Integer call() throws IOException {
        Settings settings = options.load().settings();
        FrameStore store = new FrameStore(manifest);
        int listed = list(store);
        try (Lookup lookup = Lookup.open(settings);
                FrameRecords frames = FrameRecords.open(settings)) {
            for (Map.Entry<TopicPartition, NavigableMap<Long, String>> entry : wanted.entrySet()) {
                fetch(lookup, frames, entry.getKey(), entry.getValue(), store);
            }
        }
        spec.commandLine()
                .getOut()
                .println(listed + " frames listed, " + fetched + " fetched, " + (listed - fetched - missing())
                        + " were there, " + missing() + " cannot be had");
        spec.commandLine().getOut().flush();
        if (!faults.isEmpty()) {
            throw new ProcessorFailedException(String.join(System.lineSeparator(), faults), null);
        }
        return ExitCode.OK;
    }

    /** Notes which frames are not there yet; how many are listed in all. */
    private int list(FrameStore store) throws IOException {
        NavigableSet<String> seen = new TreeSet<>();
        try (BufferedReader in = Files.newBufferedReader(manifest)) {
            int line = 0;
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line++;
                if (text.isBlank()) {
                    continue;
                }
                try {
                    ManifestRow row = ManifestRow.parse(text);
                    if (row.isOfTopic() && seen.add(row.uri())) {
                        want(row, store);
                    }
                } catch (IllegalArgumentException e) {
                    throw new ProcessorFailedException(manifest + " line " + line + ": " + e.getMessage(), e);
                }
            }
        }
        return seen.size();
    }

    private void want(ManifestRow row, FrameStore store) throws IOException {
        SourcePosition source = PicturePlace.parse(row.uri())
                .orElseThrow(
                        () -> new IllegalArgumentException(row.uri() + " is not like kafka:topic/partition/offset"));
        if (row.sha256().isEmpty()) {
            throw new IllegalArgumentException(row.uri() + " has no sha256");
        }
        if (!store.has(row.sha256())) {
            wanted.computeIfAbsent(new TopicPartition(source.topic(), source.partition()), partition -> new TreeMap<>())
                    .put(source.offset(), row.sha256());
        }
    }

    private int missing() {
        return wanted.values().stream().mapToInt(Map::size).sum();
    }

    /** Reads what is wanted of a partition, and takes it out of {@code offsets}. */
    private void fetch(
            Lookup lookup,
            FrameRecords frames,
            TopicPartition partition,
            NavigableMap<Long, String> offsets,
            FrameStore store) {
        SourceRange log = lookup.ranges(List.of(partition.topic()), new Bound.Earliest(), new Bound.Latest()).stream()
                .filter(range -> range.partition().equals(partition))
                .findFirst()
                .orElseThrow(() -> new ProcessorFailedException("there is no partition " + partition, null));
        long first = Math.max(offsets.firstKey(), log.first());
        long end = Math.min(offsets.lastKey() + 1, log.end());
        NavigableMap<Long, String> others = new TreeMap<>();
        if (first < end) {
            lookup.scan(partition, first, end, record -> keep(frames, record, offsets, others, store));
        }
        if (!offsets.isEmpty()) {
            faults.add(partition + ": offsets " + runs(offsets.keySet()) + " are gone; the log has " + log.first()
                    + " to before " + log.end() + ". A model cannot be made again from them; give retention.ms or"
                    + " retention.bytes to frames that should last, or keep frames/ with the manifest");
        }
        others.forEach((offset, why) -> faults.add(partition + ": offset " + offset + " " + why));
        offsets.putAll(others);
    }

    private void keep(
            FrameRecords frames,
            ConsumerRecord<byte[], byte[]> record,
            NavigableMap<Long, String> offsets,
            NavigableMap<Long, String> others,
            FrameStore store) {
        String sha256 = offsets.remove(record.offset());
        if (sha256 == null) {
            return;
        }
        try {
            EncodedFrame frame = frames.read(record);
            String found = Sha256.of(frame.payload());
            if (found.equals(sha256)) {
                store.put(sha256, frame.payload());
                fetched++;
            } else {
                others.put(
                        record.offset(),
                        "has SHA-256 " + found + ", not " + sha256 + ": the topic was made anew since");
            }
        } catch (RejectedFrameException e) {
            others.put(record.offset(), "cannot be read: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Offsets as people write them: {@code 3-17, 22}. */
    static String runs(Iterable<Long> offsets) {
        StringBuilder text = new StringBuilder();
        long first = Long.MIN_VALUE;
        long last = Long.MIN_VALUE;
        for (long offset : offsets) {
            if (first != Long.MIN_VALUE && offset == last + 1) {
                last = offset;
                continue;
            }
            append(text, first, last);
            first = offset;
            last = offset;
        }
        append(text, first, last);
        return text.toString();
    }

    private static void append(StringBuilder text, long first, long last) {
        if (first != Long.MIN_VALUE) {
            text.append(text.length() > 0 ? ", " : "").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
        }
    }
}
