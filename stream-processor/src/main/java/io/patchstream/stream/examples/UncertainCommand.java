package io.patchstream.stream.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Doubt;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Uncertain;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.SerializationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code data uncertain}: what waits for a person. */
@Command(
        name = "uncertain",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the uncertain pictures that nobody has said anything of yet, each with the FRAME that data correct takes,",
            "what the model holds it for, and why that is uncertain. Takes the settings of run."
        })
final class UncertainCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--corrections",
            paramLabel = "TOPIC",
            defaultValue = DataCommand.CORRECTIONS,
            description = "Where corrections are (${DEFAULT-VALUE}).")
    private String corrections;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    private int listed;
    private int corrected;
    private int unreadable;

    @Override
    public Integer call() {
        Settings settings = options.load().settings();
        Map<String, String> serde = settings.serde().config();
        PrintWriter out = spec.commandLine().getOut();
        try (Lookup lookup = Lookup.open(settings);
                AvroDeserializer<Uncertain> values = new AvroDeserializer<>(Uncertain.class)) {
            values.configure(serde, false);
            LabelBook book = new LabelBook();
            if (lookup.exists(corrections)) {
                book.readCorrections(lookup, corrections, serde);
            }
            String topic = settings.uncertain().topic();
            lookup.readAll(topic, record -> {
                try {
                    add(values.deserialize(topic, record.value()), book, out);
                } catch (SerializationException e) {
                    unreadable++;
                }
            });
        }
        if (!json) {
            out.println(listed + " to be looked at, " + corrected + " corrected already"
                    + (unreadable == 0 ? "" : ", " + unreadable + " records are none of ours"));
        }
        out.flush();
        return ExitCode.OK;
    }

    private void add(Uncertain picture, LabelBook book, PrintWriter out) {
        Classification answer = picture.getAnswer();
        AnswerLineage lineage = answer.getLineage();
        PicturePlace place = new PicturePlace(
                new SourcePosition(lineage.getSourceTopic(), lineage.getSourcePartition(), lineage.getSourceOffset()),
                answer.getPicture());
        if (book.of(place, answer.getFrameId()).isPresent()) {
            corrected++;
            return;
        }
        listed++;
        out.println(
                json
                        ? json(place, picture)
                        : "%s  %s  %s  %s  (%s)"
                                .formatted(
                                        place.correctionKey(),
                                        answer.getCameraId(),
                                        answer.getCapturedAt(),
                                        scores(answer.getTopK()),
                                        reasons(picture.getReasons())));
    }

    private static String scores(List<LabelScore> topK) {
        return topK.stream()
                .limit(2)
                .map(score -> score.getLabel() + String.format(Locale.ROOT, " %.3f", score.getProbability()))
                .collect(Collectors.joining(", "));
    }

    private static String reasons(List<Doubt> reasons) {
        return reasons.stream().map(UncertainCommand::reason).collect(Collectors.joining("; "));
    }

    private static String reason(Doubt reason) {
        return switch (reason.getKind()) {
            case SET -> String.format(Locale.ROOT, "set of %.0f labels", reason.getValue());
            case DISTANCE -> String.format(Locale.ROOT, "farther than %.1f %% of known pictures", reason.getValue());
            default ->
                reason.getKind().name().toLowerCase(Locale.ROOT)
                        + String.format(Locale.ROOT, " %.3f < %s", reason.getValue(), reason.getLimit());
        };
    }

    private static String json(PicturePlace place, Uncertain picture) {
        Classification answer = picture.getAnswer();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("frame", place.correctionKey());
        row.put("frame_id", answer.getFrameId());
        row.put("camera", answer.getCameraId());
        row.put("captured_at", answer.getCapturedAt().toString());
        row.put("model_sha256", answer.getLineage().getModelSha256());
        row.put(
                "top_k",
                answer.getTopK().stream()
                        .map(score -> Map.of("label", score.getLabel(), "probability", score.getProbability()))
                        .toList());
        row.put("set_size", answer.getSetSize());
        row.put("distance", answer.getDistance());
        row.put(
                "reasons",
                picture.getReasons().stream()
                        .map(reason -> Map.of(
                                "kind",
                                reason.getKind().name(),
                                "value",
                                reason.getValue(),
                                "limit",
                                reason.getLimit()))
                        .toList());
        try {
            return JSON.writeValueAsString(row);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers can be written as JSON", e);
        }
    }
}
