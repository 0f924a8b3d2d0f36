package io.patchstream.stream.explain;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.LabelScore;
import io.patchstream.stream.explain.Claim.Label;
import io.patchstream.stream.explain.Claim.Point;
import io.patchstream.stream.explain.Claim.Rejection;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.publish.Answers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
        int picture = claim instanceof Label label
                ? label.answer().getPicture()
                : ((Point) claim).answer().getPayload().getPicture();
        if (picture >= now.pictures().size()) {
            return new Verdict(
                    false,
                    List.of("is of picture " + picture + "; now the frame has "
                            + now.pictures().size() + " pictures"));
        }
        return claim instanceof Label label
                ? label(label.answer(), new Answers("").classification(now, picture, claim.source()))
                : point(((Point) claim).answer(), new Answers("").embedding(now, picture, claim.source()));
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
