package io.patchstream.stream.explain;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmKind;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Doubt;
import io.patchstream.schemas.DoubtKind;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Uncertain;
import io.patchstream.stream.explain.Claim.Doubted;
import io.patchstream.stream.explain.Claim.Label;
import io.patchstream.stream.explain.Claim.Point;
import io.patchstream.stream.explain.Claim.Rejection;
import io.patchstream.stream.explain.Claim.Signal;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.publish.Answers;
import io.patchstream.stream.publish.Doubts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether an answer was confirmed.
 *
 * @param isSame whether everything that was claimed came out again, bit by bit
 * @param lines what was compared and how it came out
 */
record Verdict(boolean isSame, List<String> lines) {
    Verdict {
        lines = List.copyOf(lines);
    }

    /** With one line. */
    Verdict(boolean isSame, String line) {
        this(isSame, List.of(line));
    }

    /** Both, one after the other. */
    Verdict and(Verdict other) {
        List<String> all = new ArrayList<>(lines);
        all.addAll(other.lines);
        return new Verdict(isSame && other.isSame, all);
    }

    /** Holds {@code claim} against what the same frame gives now. */
    static Verdict of(Claim claim, FrameOutcome now) {
        return now.fold(classified -> of(claim, classified), rejected -> of(claim, rejected), dropped -> {
            throw new IllegalStateException("a frame was dropped; explain answers whatever its age");
        });
    }

    private static Verdict of(Claim claim, Rejected now) {
        String today = "now it is rejected at stage " + now.stage() + " as " + now.code() + ": " + now.message();
        if (claim instanceof Rejection then) {
            boolean same =
                    then.stage().equals(now.stage().name()) && then.code().equals(now.code());
            return new Verdict(
                    same,
                    List.of(
                            "was rejected at stage " + then.stage() + " as " + then.code(),
                            today,
                            same ? "rejected for the same reason" : "rejected for ANOTHER reason"));
        }
        return new Verdict(false, List.of("was answered", today));
    }

    private static Verdict of(Claim claim, Classified now) {
        if (claim instanceof Rejection then) {
            return new Verdict(
                    false,
                    List.of(
                            "was rejected at stage " + then.stage() + " as " + then.code(),
                            "now it is ANSWERED, with " + now.pictures().size() + " pictures"));
        }
        int picture = claim.picture();
        if (picture >= now.pictures().size()) {
            return new Verdict(
                    false,
                    List.of("is of picture " + picture + "; now the frame has "
                            + now.pictures().size() + " pictures"));
        }
        if (claim instanceof Point point) {
            return point(point.answer(), new Answers("").embedding(now, picture, claim.source()));
        }
        Classification today = new Answers("").classification(now, picture, claim.source());
        if (claim instanceof Doubted doubted) {
            return label(doubted.label().answer(), today).and(doubts(doubted.uncertain(), today));
        } else if (claim instanceof Signal signal) {
            return shown(signal.shown(), today).and(names(signal.alarm()));
        }
        return label(((Label) claim).answer(), today);
    }

    /** Whether the picture is uncertain for the same reasons; those of a newer release are not looked at. */
    private static Verdict doubts(Uncertain then, Classification now) {
        Map<DoubtKind, Double> limits = new EnumMap<>(DoubtKind.class);
        List<Doubt> known = then.getReasons().stream()
                .filter(reason -> reason.getKind() != DoubtKind.UNKNOWN)
                .toList();
        known.forEach(reason -> limits.put(reason.getKind(), reason.getLimit()));
        List<Doubt> today = new Doubts(
                        limits.getOrDefault(DoubtKind.PROBABILITY, 0d),
                        limits.getOrDefault(DoubtKind.MARGIN, 0d),
                        limits.containsKey(DoubtKind.SET),
                        limits.getOrDefault(DoubtKind.DISTANCE, 0d))
                .of(now);
        String newer = known.size() == then.getReasons().size() ? "" : "; a newer release's reason is not looked at";
        boolean same = known.equals(today);
        return new Verdict(
                same,
                List.of(
                        same
                                ? "uncertain for the same reasons: " + said(known) + newer
                                : "uncertain for OTHER reasons: was " + said(known) + ", is " + said(today) + newer,
                        "that it was sent, and not held, goes by the pictures of its camera and window before it, which one"
                                + " frame does not show"));
    }

    private static String said(List<Doubt> reasons) {
        return reasons.isEmpty()
                ? "none"
                : reasons.stream()
                        .map(reason ->
                                reason.getKind() + " " + reason.getValue() + " (limit " + reason.getLimit() + ")")
                        .collect(Collectors.joining(", "));
    }

    /** An alarm names one label of a picture, and of what gave it the model alone. */
    private static Verdict shown(AlarmPicture then, Classification now) {
        List<String> lines = new ArrayList<>();
        boolean same = agrees(
                "model's SHA-256", then.getModelSha256(), now.getLineage().getModelSha256(), lines);
        Optional<Float> today = now.getTopK().stream()
                .filter(score -> score.getLabel().equals(then.getLabel()))
                .map(LabelScore::getProbability)
                .findFirst();
        boolean sameBits = today.isPresent()
                && Float.floatToRawIntBits(today.get()) == Float.floatToRawIntBits(then.getProbability());
        lines.add(then.getLabel() + " had " + then.getProbability()
                + today.map(probability -> ", now it has " + probability)
                        .orElse(", now it is not among the first "
                                + now.getTopK().size()));
        return verdict(same, sameBits, lines);
    }

    /** The ids that follow from rule, camera, kind and picture. */
    private static Verdict names(Alarm then) {
        Alarm now = then.getKind() == AlarmKind.RAISED
                ? Alarms.raised(then.getRule(), then.getCameraId(), then.getRaisedBy())
                : Alarms.cleared(
                        then.getRule(),
                        then.getCameraId(),
                        then.getRaisedBy(),
                        Optional.ofNullable(then.getClearedBy()));
        return now.equals(then)
                ? new Verdict(true, "its ids follow from rule, camera, kind and picture")
                : new Verdict(
                        false,
                        "its ids are OTHERS than rule, camera, kind and picture give: " + now.getId() + ", raised as "
                                + now.getRaisedId());
    }

    private static Verdict label(Classification then, Classification now) {
        List<String> lines = new ArrayList<>();
        boolean same = engines(
                then.getLineage().getModelSha256(),
                now.getLineage().getModelSha256(),
                then.getLineage().getPreprocessingSha256(),
                now.getLineage().getPreprocessingSha256(),
                then.getLineage().getEngine(),
                now.getLineage().getEngine(),
                lines);
        Map<Integer, Float> today = new LinkedHashMap<>();
        now.getTopK().forEach(score -> today.put(score.getIndex(), score.getProbability()));
        float apart = 0;
        int differing = 0;
        int gone = 0;
        boolean order = true;
        for (int i = 0; i < then.getTopK().size(); i++) {
            LabelScore score = then.getTopK().get(i);
            order &= i < now.getTopK().size()
                    && score.getIndex() == now.getTopK().get(i).getIndex()
                    && score.getLabel().equals(now.getTopK().get(i).getLabel());
            Float other = today.get(score.getIndex());
            if (other == null) {
                // What it has now is not known: an answer holds the first few labels only.
                gone++;
            } else if (Float.floatToRawIntBits(other) != Float.floatToRawIntBits(score.getProbability())) {
                differing++;
                apart = Math.max(apart, Math.abs(other - score.getProbability()));
            }
        }
        lines.add("probabilities: " + (then.getTopK().size() - gone) + " compared, " + differing + " of other bits"
                + (differing == 0 ? "" : ", at most " + apart + " apart")
                + (gone == 0 ? "" : "; " + gone + " labels are no longer among the first"));
        if (!order) {
            lines.add("labels: ANOTHER order or other labels; now " + now.getTopK());
        }
        boolean confidence = confidence(then, now, lines);
        return verdict(same, differing == 0 && gone == 0 && order && confidence, lines);
    }

    /** What an answer of before there were sets and distances does not hold is not compared. */
    private static boolean confidence(Classification then, Classification now, List<String> lines) {
        boolean same = true;
        if (then.getSetSize() != null) {
            same = agrees("number of labels in the set", then.getSetSize(), now.getSetSize(), lines);
        }
        if (then.getDistance() != null) {
            same &= agrees("distance", then.getDistance(), now.getDistance(), lines)
                    && agrees("distance's percentage", then.getDistanceBeyond(), now.getDistanceBeyond(), lines);
        }
        return same;
    }

    private static Verdict point(Embedding then, Embedding now) {
        List<String> lines = new ArrayList<>();
        boolean same = engines(
                then.getLineage().getModelSha256(),
                now.getLineage().getModelSha256(),
                then.getLineage().getPreprocessingSha256(),
                now.getLineage().getPreprocessingSha256(),
                then.getLineage().getEngine(),
                now.getLineage().getEngine(),
                lines);
        List<Float> before = then.getVector();
        List<Float> today = now.getVector();
        if (before.size() != today.size()) {
            lines.add("embedding: had " + before.size() + " values, now it has " + today.size());
            return verdict(same, false, lines);
        }
        int differing = 0;
        float apart = 0;
        for (int i = 0; i < before.size(); i++) {
            if (Float.floatToRawIntBits(before.get(i)) != Float.floatToRawIntBits(today.get(i))) {
                differing++;
                apart = Math.max(apart, Math.abs(before.get(i) - today.get(i)));
            }
        }
        lines.add("embedding: " + before.size() + " values compared, " + differing + " of other bits"
                + (differing == 0 ? "" : ", at most " + apart + " apart"));
        return verdict(same, differing == 0, lines);
    }

    private static Verdict verdict(boolean sameEngine, boolean sameBits, List<String> lines) {
        lines.add(
                sameBits
                        ? sameEngine ? "the same bits" : "the same bits, in spite of the differences"
                        : sameEngine ? "OTHER BITS from the same model and engine" : "OTHER BITS");
        return new Verdict(sameBits, lines);
    }

    /** Notes what differs besides the result. */
    private static boolean engines(
            String modelThen,
            String modelNow,
            String preprocessingThen,
            String preprocessingNow,
            String engineThen,
            String engineNow,
            List<String> lines) {
        boolean same = agrees("model's SHA-256", modelThen, modelNow, lines);
        same &= agrees("preprocessing's SHA-256", preprocessingThen, preprocessingNow, lines);
        Map<String, String> then = parts(engineThen);
        Map<String, String> now = parts(engineNow);
        for (Map.Entry<String, String> part : then.entrySet()) {
            same &= agrees("engine's " + part.getKey(), part.getValue(), now.getOrDefault(part.getKey(), "-"), lines);
        }
        for (Map.Entry<String, String> part : now.entrySet()) {
            if (!then.containsKey(part.getKey())) {
                same &= agrees("engine's " + part.getKey(), "-", part.getValue(), lines);
            }
        }
        if (same) {
            lines.add("model, preprocessing, runtime and instruction set: the same");
        }
        return same;
    }

    private static boolean agrees(String what, Object then, Object now, List<String> lines) {
        if (Objects.equals(then, now)) {
            return true;
        }
        lines.add(what + " was " + then + " and is " + now);
        return false;
    }

    /** A fingerprint's parts: {@code key=value;key=value}. */
    private static Map<String, String> parts(String engine) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : engine.split(";")) {
            int equals = part.indexOf('=');
            parts.put(equals < 0 ? "name" : part.substring(0, equals), part.substring(equals + 1));
        }
        return parts;
    }
}
