package io.patchstream.stream.replay;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.stream.topics.TopicPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replay: a range of source offsets through the topology, into topics of a prefix, by a consumer group of its own. What
 * the group has committed is where it goes on after a stop, so that a replay that was killed is run again with its id.
 */
public final class Replay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Settings settings;
    private final Lookup lookup;

    /** The offset after the last record of each partition that has one in the range. */
    private final Map<TopicPartition, Long> targets;

    private final CountDownLatch stop = new CountDownLatch(1);

    private Replay(Settings settings, Lookup lookup, Map<TopicPartition, Long> targets) {
        this.settings = settings;
        this.lookup = lookup;
        this.targets = targets;
    }

    /**
     * The settings of a replay: those of the live processor with a group and output topics of its own.
     *
     * @param live the live processor's, by key
     * @param id names the replay
     * @param into the prefix of its topics
     * @throws SettingsException when the replay would write to topics of the live processor
     */
    public static Settings settings(Map<String, String> live, String id, String into) {
        Settings settings = Settings.of(live);
        Topics topics = Topics.withPrefix(into);
        Map<String, String> values = new HashMap<>(live);
        // With the prefix, so that an id that is used again for other topics is another replay.
        values.put("application.id", settings.stream().applicationId() + "-replay-" + into + id);
        values.put("output.labels", topics.labels().name());
        values.put("output.embeddings", topics.embeddings().name());
        // What is compared and explained is the Avro form.
        values.put("embeddings.format", "avro");
        values.put("output.dead-letters", topics.deadLetters().name());
        values.put("output.drops", topics.drops().name());
        values.put("output.uncertain", topics.uncertain().name());
        values.put("output.alarms", topics.alarms().name());
        // What was left out live is answered now: a replay depends on the frames and on no clock.
        values.put("input.overload", "block");
        values.put("input.overload.topics", "");
        // An instance would bring clients of its own; the replay's name their transactions too.
        values.put("instance.id", "");
        // Its own clients; the broker-side protocol makes its consumers without asking for them.
        values.put("kafka." + StreamsConfig.DEFAULT_CLIENT_SUPPLIER_CONFIG, ReplayClients.class.getName());
        values.put("kafka." + StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        Settings replay = Settings.of(values);
        List<String> shared = written(settings);
        shared.retainAll(written(replay));
        if (!shared.isEmpty()) {
            throw new SettingsException(List.of("--into " + into + " names the live processor's topics " + shared
                    + "; it must be a prefix of topics of the replay's own"));
        }
        return replay;
    }

    private static List<String> written(Settings settings) {
        List<String> names = new ArrayList<>();
        new TopicPlan(settings).written().forEach(topic -> names.add(topic.name()));
        return names;
    }

    /**
     * Prepares a replay, or goes on with one that was stopped; the caller closes it.
     *
     * @param replay made by {@link #settings}
     * @throws ProcessorFailedException when its topics hold the answers of another replay, or its id another range
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the replay, or closed on the way out.
    public static Replay prepare(Settings replay, List<SourceRange> ranges) {
        Lookup lookup = Lookup.open(replay);
        try {
            Map<TopicPartition, Long> committed =
                    lookup.committed(replay.stream().applicationId());
            checkTopics(replay, lookup, committed);
            Map<TopicPartition, Long> targets = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
            Map<TopicPartition, Long> ends = new HashMap<>();
            for (SourceRange range : ranges) {
                TopicPartition partition = range.partition();
                ends.put(partition, range.end());
                last(lookup, range).ifPresent(last -> targets.put(partition, last + 1));
                Long before = committed.get(partition);
                if (before == null) {
                    starts.put(partition, new OffsetAndMetadata(range.first()));
                } else if ((before < range.first() && range.first() > range.beginning()) || before > range.end()) {
                    throw new ProcessorFailedException(
                            "replay " + replay.stream().applicationId() + " stands at offset " + before + " of "
                                    + partition + ", outside of " + range.first() + " to " + range.end()
                                    + ": it was begun with another range; give another --id and another --into",
                            null);
                }
            }
            start(replay, starts);
            Map<String, String> kafka = new HashMap<>(replay.kafka());
            kafka.put(ReplayEnds.KEY, new ReplayEnds(ends).toText());
            return new Replay(withKafka(replay, kafka), lookup, targets);
        } catch (RuntimeException e) {
            lookup.close();
            throw e;
        }
    }

    private static void checkTopics(Settings replay, Lookup lookup, Map<TopicPartition, Long> committed) {
        if (committed.isEmpty()) {
            for (String topic : written(replay)) {
                if (lookup.exists(topic) && lookup.isWritten(topic)) {
                    throw new ProcessorFailedException(
                            "topic " + topic + " holds answers already: give another --into, or the --id of the replay"
                                    + " that is to go on",
                            null);
                }
            }
        }
    }

    /** The group's first offsets. Kafka Streams finds them as if it had committed them itself. */
    private static void start(Settings replay, Map<TopicPartition, OffsetAndMetadata> starts) {
        if (!starts.isEmpty()) {
            try (Admin admin = Admin.create(Lookup.clients(replay).getAdminConfigs("patchstream-replay"))) {
                Lookup.await(
                        admin.alterConsumerGroupOffsets(replay.stream().applicationId(), starts)
                                .all(),
                        "setting the first offsets of " + replay.stream().applicationId());
            }
        }
    }

    /** The range's last record: from its end backwards, since markers and aborted records may lie there. */
    private static OptionalLong last(Lookup lookup, SourceRange range) {
        long end = range.end();
        for (long step = 1; end > range.first(); step *= 2) {
            long first = Math.max(range.first(), range.end() - step);
            long[] last = {-1};
            lookup.scan(range.partition(), first, end, record -> last[0] = record.offset());
            if (last[0] >= 0) {
                return OptionalLong.of(last[0]);
            }
            end = first;
        }
        return OptionalLong.empty();
    }

    private static Settings withKafka(Settings settings, Map<String, String> kafka) {
        return new Settings(
                settings.stream(),
                settings.model(),
                settings.compute(),
                settings.decode(),
                settings.input(),
                settings.output(),
                settings.uncertain(),
                settings.rules(),
                settings.topics(),
                settings.claims(),
                settings.http(),
                settings.trace(),
                settings.ui(),
                settings.serde(),
                kafka);
    }

    /** The group that commits. */
    public String group() {
        return settings.stream().applicationId();
    }

    /**
     * Runs until the whole range is answered and committed, or until {@link #requestStop}.
     *
     * @param engine answers; borrowed
     * @return whether all is answered
     * @throws ProcessorFailedException when the processor fails
     */
    public boolean run(FrameEngine engine) throws InterruptedException {
        if (isDone()) {
            return true;
        }
        try (StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                if (processor.state() == KafkaStreams.State.ERROR) {
                    Throwable failure = processor.awaitStopped().orElse(null);
                    throw new ProcessorFailedException(
                            "the replay failed: " + failure + "; run it again with the same --id to go on", failure);
                }
                if (isDone()) {
                    LOG.atInfo().addKeyValue("group", group()).log("replay answered and committed");
                    return true;
                }
            }
        }
        return isDone();
    }

    private boolean isDone() {
        Map<TopicPartition, Long> committed = lookup.committed(group());
        return targets.entrySet().stream()
                .allMatch(target -> committed.getOrDefault(target.getKey(), 0L) >= target.getValue());
    }

    /** Lets {@link #run} return soon; from any thread. */
    public void requestStop() {
        stop.countDown();
    }

    @Override
    public void close() {
        lookup.close();
    }
}
