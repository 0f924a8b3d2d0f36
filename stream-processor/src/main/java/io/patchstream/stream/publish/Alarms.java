package io.patchstream.stream.publish;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmIds;
import io.patchstream.schemas.AlarmKind;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.LabelScore;
import java.util.List;
import java.util.Optional;

/** Rules that began or ceased to hold, as the wire's records. */
public final class Alarms {
    private Alarms() {}

    /** A picture as alarms name it, with the label that matters; without one, with its best. */
    public static AlarmPicture picture(Classification answer, Optional<LabelScore> label) {
        AnswerLineage lineage = answer.getLineage();
        Optional<LabelScore> named = label.or(() -> answer.getTopK().stream().findFirst());
        return new AlarmPicture(
                answer.getFrameId(),
                answer.getPicture(),
                answer.getCapturedAt(),
                named.map(LabelScore::getLabel).orElse(""),
                named.map(LabelScore::getProbability).orElse(0f),
                lineage.getModel(),
                lineage.getModelSha256(),
                lineage.getSourceTopic(),
                lineage.getSourcePartition(),
                lineage.getSourceOffset());
    }

    /** A rule began to hold; the last of {@code raisedBy} decided. */
    public static Alarm raised(String rule, String camera, List<AlarmPicture> raisedBy) {
        String id = id(rule, camera, AlarmKind.RAISED, last(raisedBy));
        return new Alarm(id, rule, AlarmKind.RAISED, camera, id, raisedBy, null);
    }

    /** It was cleared by a picture; or by none, since the rule is not what it was: what raised it decides the id then. */
    public static Alarm cleared(
            String rule, String camera, List<AlarmPicture> raisedBy, Optional<AlarmPicture> clearedBy) {
        return new Alarm(
                id(rule, camera, AlarmKind.CLEARED, clearedBy.orElse(last(raisedBy))),
                rule,
                AlarmKind.CLEARED,
                camera,
                id(rule, camera, AlarmKind.RAISED, last(raisedBy)),
                raisedBy,
                clearedBy.orElse(null));
    }

    /** The picture that decided; none where a rule was changed. */
    public static Optional<AlarmPicture> deciding(Alarm alarm) {
        List<AlarmPicture> raisedBy = alarm.getRaisedBy();
        return alarm.getKind() == AlarmKind.CLEARED || raisedBy.isEmpty()
                ? Optional.ofNullable(alarm.getClearedBy())
                : Optional.of(last(raisedBy));
    }

    /** The picture that {@link #deciding} has; else the last that raised it. Empty when it names none. */
    public static Optional<AlarmPicture> named(Alarm alarm) {
        return deciding(alarm)
                .or(() -> alarm.getRaisedBy().isEmpty() ? Optional.empty() : Optional.of(last(alarm.getRaisedBy())));
    }

    /** Where a picture's frame was read. */
    public static SourcePosition source(AlarmPicture picture) {
        return new SourcePosition(picture.getSourceTopic(), picture.getSourcePartition(), picture.getSourceOffset());
    }

    private static AlarmPicture last(List<AlarmPicture> pictures) {
        return pictures.get(pictures.size() - 1);
    }

    private static String id(String rule, String camera, AlarmKind kind, AlarmPicture decided) {
        return AlarmIds.of(rule, camera, kind, decided).toString();
    }
}
