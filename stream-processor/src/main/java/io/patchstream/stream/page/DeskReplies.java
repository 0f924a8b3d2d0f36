package io.patchstream.stream.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.page.PipelineDesk.Subject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the desk says, as replies; of topics one question at a time, and one of the registry. From any thread. */
final class DeskReplies {
    /** The largest list of dead letters to be sent in again, in bytes and in number. */
    static final int MOST_BYTES = 64 << 10;

    static final int MOST_PLACES = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(DeskReplies.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLACE = "[0-9]{1,9}:[0-9]{1,18}";

    private final PipelineDesk desk;
    private final Semaphore topics = new Semaphore(1);
    private final Semaphore registry = new Semaphore(1);
    private final Semaphore pictures = new Semaphore(2);

    DeskReplies(PipelineDesk desk) {
        this.desk = desk;
    }

    Reply deadLetters() {
        return answer("deadLetters", topics, desk::deadLetters);
    }

    Reply ledger() {
        return answer("ledger", topics, desk::ledger);
    }

    Reply subjects() {
        return answer(
                "subjects",
                registry,
                () -> desk.subjects().stream().map(DeskReplies::shown).toList());
    }

    /** The picture that raised an alarm, small; empty where the frame has none that can be shown. */
    Reply alarmPicture(String id) {
        return answer("picture", pictures, () -> {
            AlarmBook.Shown shown = desk.alarms().picture(id);
            try (Thumbnails thumbnails = new Thumbnails()) {
                return thumbnails
                        .of(shown.frame(), shown.picture())
                        .map(jpeg -> "data:image/jpeg;base64," + TryOut.base64(jpeg))
                        .orElse("");
            }
        });
    }

    /**
     * Sends in again.
     *
     * @param body {@code {"places": ["0:17", "1:4"]}}
     */
    Reply replay(byte[] body) {
        Optional<Set<String>> places = body.length > MOST_BYTES ? Optional.empty() : places(body);
        if (places.isEmpty()) {
            return Reply.problem(
                    Reply.BAD_REQUEST,
                    "say which dead letters: {\"places\": [\"0:17\"]}, partition and offset, 1 to " + MOST_PLACES);
        }
        return answer("replayed", topics, () -> {
            PipelineDesk.Replayed replayed = desk.replay(places.get());
            LOG.atInfo()
                    .addKeyValue("sent", replayed.sent())
                    .addKeyValue("before", replayed.before())
                    .addKeyValue("refused", replayed.refused().size())
                    .log("dead letters were sent in again from the live page");
            return replayed;
        });
    }

    /** Empty when they are not what they should be. */
    private static Optional<Set<String>> places(byte[] body) {
        try {
            JsonNode given = JSON.readTree(body);
            JsonNode list = given == null ? JSON.missingNode() : given.path("places");
            Set<String> places = new LinkedHashSet<>();
            for (JsonNode place : list) {
                if (!place.isTextual() || !place.textValue().matches(PLACE)) {
                    return Optional.empty();
                }
                places.add(place.textValue());
            }
            boolean fits = list.isArray() && !places.isEmpty() && places.size() <= MOST_PLACES;
            return fits ? Optional.of(places) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Reply answer(String name, Semaphore turn, Supplier<?> asked) {
        if (!turn.tryAcquire()) {
            return Reply.problem(Reply.TOO_MANY, "another question is being looked up; ask again in a moment");
        }
        long began = System.nanoTime();
        try {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put(name, asked.get());
            answer.put("atMillis", System.currentTimeMillis());
            answer.put("tookMillis", (System.nanoTime() - began) / 1_000_000);
            return Reply.json(answer);
        } catch (DeskException e) {
            LOG.atWarn().addKeyValue("asked", name).setCause(e).log("a question of the live page has no answer");
            return Reply.problem(Reply.BAD_GATEWAY, e.getMessage());
        } finally {
            turn.release();
        }
    }

    private static Map<String, Object> shown(Subject subject) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("subject", subject.subject());
        shown.put("topic", subject.topic());
        shown.put("record", subject.record());
        shown.put("versions", List.copyOf(subject.versions()));
        shown.put("id", subject.id().orElse(null));
        return shown;
    }
}
