package io.patchstream.stream.desk;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmKind;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.page.AlarmBook.Bell;
import io.patchstream.stream.page.AlarmBook.Content;
import io.patchstream.stream.page.AlarmBook.State;
import io.patchstream.stream.publish.Alarms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What follows from the records of the alarms' topic: which alarms are on, and which were cleared last. For one thread. */
final class AlarmList {
    private static final int MOST_ON = 100;
    private static final int MOST_CLEARED = 20;

    /** An alarm, with the picture that raised it. */
    record Entry(Bell bell, AlarmPicture raisedBy) {}

    private final String topic;
    private final Map<String, Entry> on = new HashMap<>();

    /** The newest first, by their own times: a topic's partitions are read one after the other. */
    private final List<Entry> cleared = new ArrayList<>();

    AlarmList(String topic) {
        this.topic = topic;
    }

    /**
     * Enters a record's alarm; the same one again changes nothing.
     *
     * @param timestamp the record's
     */
    void enter(Alarm alarm, long timestamp) {
        List<AlarmPicture> raisedBy = alarm.getRaisedBy();
        if (raisedBy.isEmpty()) {
            return;
        }
        String id = alarm.getRaisedId();
        if (alarm.getKind() == AlarmKind.RAISED) {
            if (cleared.stream().noneMatch(entry -> entry.bell().id().equals(id))) {
                on.put(id, entry(alarm, null));
            }
        } else if (alarm.getKind() == AlarmKind.CLEARED) {
            on.remove(id);
            cleared.removeIf(entry -> entry.bell().id().equals(id));
            cleared.add(entry(
                    alarm,
                    alarm.getClearedBy() == null
                            ? timestamp
                            : alarm.getClearedBy().getCapturedAt().toEpochMilli()));
            cleared.sort(Comparator.comparing((Entry entry) -> entry.bell().clearedAtMillis())
                    .reversed()
                    .thenComparing(entry -> entry.bell().id()));
            if (cleared.size() > MOST_CLEARED) {
                cleared.remove(MOST_CLEARED);
            }
        }
    }

    private static Entry entry(Alarm alarm, Long clearedAtMillis) {
        AlarmPicture raising = alarm.getRaisedBy().get(alarm.getRaisedBy().size() - 1);
        return new Entry(
                new Bell(
                        alarm.getRaisedId(),
                        alarm.getRule(),
                        alarm.getCameraId(),
                        raising.getLabel(),
                        raising.getProbability(),
                        raising.getCapturedAt().toEpochMilli(),
                        Alarms.source(raising).toString(),
                        clearedAtMillis,
                        clearedAtMillis != null && alarm.getClearedBy() == null),
                raising);
    }

    /** As it stands now. */
    Content content(State state, String why) {
        return new Content(
                state,
                topic,
                why,
                on.values().stream()
                        .map(Entry::bell)
                        .sorted(Comparator.comparingLong(Bell::raisedAtMillis)
                                .reversed()
                                .thenComparing(Bell::id))
                        .limit(MOST_ON)
                        .toList(),
                cleared.stream().map(Entry::bell).toList(),
                Math.max(0, on.size() - MOST_ON));
    }

    /** The picture that raised an alarm which is known. */
    Optional<AlarmPicture> raisedBy(String id) {
        return Optional.ofNullable(on.get(id))
                .or(() -> cleared.stream()
                        .filter(entry -> entry.bell().id().equals(id))
                        .findFirst())
                .map(Entry::raisedBy);
    }
}
