package io.patchstream.stream.topics;

import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.TopicSpec.CleanUp;
import io.patchstream.schemas.TopicSpec.Compression;
import io.patchstream.schemas.TopicSpec.KeyContent;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.UncertainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The topics of some settings: each as the table of topics has it but for its name and its largest record, and the command
 * that makes it.
 *
 * @param settings the settings
 */
public record TopicPlan(Settings settings) {
    private static final int HEADER_BYTES = 1 << 20;

    /** The topics that are read. */
    public List<TopicSpec> inputs() {
        List<TopicSpec> inputs = new ArrayList<>();
        for (String input : settings.input().topics()) {
            inputs.add(like(Topics.standard().frames(), input, frameBytes()));
        }
        return inputs;
    }

    /** The topics that are written, dead letters and drops among them. */
    public List<TopicSpec> outputs() {
        Topics standard = Topics.standard();
        List<TopicSpec> outputs = new ArrayList<>();
        outputs.add(like(
                standard.labels(), settings.output().labels(), standard.labels().maxMessageBytes()));
        TopicSpec points = standard.embeddings();
        if (settings.output().format().hasAvro()) {
            outputs.add(like(points, settings.output().embeddings(), points.maxMessageBytes()));
        }
        if (settings.output().format().hasJson()) {
            outputs.add(new TopicSpec(
                    settings.output().embeddingsJson(),
                    points.key(),
                    Optional.empty(),
                    points.cleanUp(),
                    Compression.ZSTD,
                    points.maxMessageBytes(),
                    points.doc()));
        }
        outputs.add(like(standard.deadLetters(), settings.output().deadLetters(), frameBytes() + HEADER_BYTES));
        outputs.add(like(
                standard.drops(), settings.output().drops(), standard.drops().maxMessageBytes()));
        return outputs;
    }

    /** What is written beside answers, where the settings ask for it. */
    public List<TopicSpec> extras() {
        List<TopicSpec> extras = new ArrayList<>();
        UncertainSettings uncertain = settings.uncertain();
        if (uncertain.isOn()) {
            TopicSpec standard = Topics.standard().uncertain();
            int bytes = uncertain.payload() == UncertainSettings.Payload.COPY
                    ? frameBytes() + HEADER_BYTES
                    : standard.maxMessageBytes();
            extras.add(like(standard, uncertain.topic(), bytes));
        }
        if (settings.rules().isOn()) {
            TopicSpec standard = Topics.standard().alarms();
            extras.add(like(standard, settings.rules().topic(), standard.maxMessageBytes()));
        }
        return extras;
    }

    /** All that a processor writes: outputs and extras. */
    public List<TopicSpec> written() {
        List<TopicSpec> written = new ArrayList<>(outputs());
        written.addAll(extras());
        return written;
    }

    /** What a processor cannot run without. */
    public List<TopicSpec> ofRun() {
        List<TopicSpec> all = new ArrayList<>(inputs());
        all.addAll(written());
        return all;
    }

    /** Which dead letters were sent in again; written by {@code dlq replay} alone. */
    public TopicSpec replays() {
        return new TopicSpec(
                settings.output().deadLetters() + "-replays",
                KeyContent.AS_IT_CAME,
                Optional.empty(),
                CleanUp.COMPACT,
                Compression.ZSTD,
                Topics.ANSWER_BYTES,
                "Dead letters that were sent in again, by partition:offset");
    }

    /** What became of the frames, by partition; written by {@code ledger write} alone. */
    public TopicSpec ledger() {
        return Topics.standard().ledger();
    }

    /** Which model each slot is to serve; only where the settings name it. Written by {@code models publish} alone. */
    public Optional<TopicSpec> models() {
        String name = settings.model().topic();
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(new TopicSpec(
                        name,
                        KeyContent.MODEL_SLOT,
                        Optional.empty(),
                        CleanUp.COMPACT,
                        Compression.ZSTD,
                        Topics.ANSWER_BYTES,
                        "Which model each slot is to serve: hashes and claim checks, as JSON"));
    }

    /** What has to be there before a processor starts: {@link #ofRun}, and the models topic if there is one. */
    public List<TopicSpec> needed() {
        List<TopicSpec> needed = new ArrayList<>(ofRun());
        models().ifPresent(needed::add);
        return needed;
    }

    /** All of them. */
    public List<TopicSpec> all() {
        List<TopicSpec> all = needed();
        all.add(replays());
        all.add(ledger());
        return all;
    }

    /** How many partitions a topic is made with: markers of replays, the ledger and models need no more than one. */
    public int partitions(TopicSpec topic) {
        boolean isSmall = topic.equals(replays())
                || topic.equals(ledger())
                || models().filter(topic::equals).isPresent();
        return isSmall ? 1 : settings.topics().partitions();
    }

    /** What an admin client creates. */
    public NewTopic toCreate(TopicSpec topic) {
        return topic.toCreate(partitions(topic), (short) settings.topics().replicationFactor());
    }

    /** The shell command that creates the topic. */
    public String createCommand(TopicSpec topic) {
        return createCommand(topic, partitions(topic));
    }

    /** The same for a number of partitions. */
    public String createCommand(TopicSpec topic, int partitions) {
        StringBuilder command = new StringBuilder(tool("kafka-topics.sh"))
                .append(" --create --topic ")
                .append(topic.name())
                .append(" --partitions ")
                .append(partitions);
        if (settings.topics().replicationFactor() > 0) {
            command.append(" --replication-factor ").append(settings.topics().replicationFactor());
        }
        new TreeMap<>(topic.configs())
                .forEach((key, value) ->
                        command.append(" --config ").append(key).append('=').append(value));
        return command.toString();
    }

    /** The shell command that sets one configuration of a topic. */
    public String alterCommand(String topic, String key, String value) {
        String shown = value.contains(",") ? "[" + value + "]" : value;
        return tool("kafka-configs.sh") + " --alter --entity-type topics --entity-name " + topic + " --add-config '"
                + key + "=" + shown + "'";
    }

    /** The beginning of a command line of Kafka's own tools. */
    public String tool(String script) {
        return script + " --bootstrap-server " + settings.kafka().get("bootstrap.servers");
    }

    private int frameBytes() {
        return (int) settings.input().maxBytes();
    }

    private static TopicSpec like(TopicSpec spec, String name, int maxBytes) {
        return new TopicSpec(name, spec.key(), spec.value(), spec.cleanUp(), spec.compression(), maxBytes, spec.doc());
    }
}
