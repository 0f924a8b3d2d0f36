package io.patchstream.stream.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One rule on labels. It is raised by a picture that shows one of the labels, when {@code frames} of the camera's last
 * {@code of} pictures do, that one among them, and, at each picture, have done for {@code hold}. It is cleared by the first
 * picture that shows none and comes {@code clearAfter} or more after the last that shows one, and is not raised again for
 * {@code coolDown} after that. Time is that of the records.
 *
 * @param name lower-case letters, digits and dashes
 * @param cameras names, {@code *} for any text; one of them must fit
 * @param labels one of them among a picture's labels is enough
 * @param probability the least that it must have
 * @param frames how many pictures
 * @param of out of the last how many; at most 64
 * @param hold for how long
 * @param clearAfter how long none must be shown
 * @param coolDown how long a cleared alarm is not raised again
 */
public record LabelRule(
        String name,
        List<String> cameras,
        List<String> labels,
        double probability,
        int frames,
        int of,
        Duration hold,
        Duration clearAfter,
        Duration coolDown) {
    /** What may stand behind a rule's name, with the default; empty where there is none. */
    static final Map<String, String> KEYS = Map.of(
            "cameras", "*",
            "labels", "",
            "probability", "0.5",
            "frames", "1",
            "of", "1",
            "hold", "0s",
            "clear.after", "10s",
            "cool.down", "0s");

    private static final int MOST_PICTURES = 64;

    /** Labels that are named to somebody who named another. */
    private static final int NAMED = 12;

    /** More is a mistake, and cannot overflow. */
    private static final Duration LONGEST = Duration.ofDays(366);

    private static final String TIME = "0s to " + LONGEST.toHours() + "h";

    public LabelRule {
        cameras = List.copyOf(cameras);
        labels = List.copyOf(labels);
        String key = "rule." + name + ".";
        new Checks()
                .that(
                        name.matches("[a-z0-9-]{1,64}"),
                        "rule." + name,
                        "so named",
                        "lower-case letters, digits and dashes")
                .that(!cameras.isEmpty(), key + "cameras", "empty", "a list of names, * for any text")
                .that(!labels.isEmpty(), key + "labels", "empty", "a list of labels")
                .that(probability > 0 && probability <= 1, key + "probability", probability, "above 0 and at most 1")
                .that(of >= 1 && of <= MOST_PICTURES, key + "of", of, "1 to " + MOST_PICTURES)
                .that(
                        frames >= 1 && frames <= Math.max(of, 1),
                        key + "frames",
                        frames,
                        "1 to " + key + "of, which is " + of)
                .that(isTime(hold), key + "hold", hold, TIME)
                .that(isTime(clearAfter), key + "clear.after", clearAfter, TIME)
                .that(isTime(coolDown), key + "cool.down", coolDown, TIME)
                .done();
    }

    private static boolean isTime(Duration duration) {
        return !duration.isNegative() && duration.compareTo(LONGEST) <= 0;
    }

    /** Which cameras it is for. */
    public Pattern cameraPattern() {
        return Pattern.compile(
                cameras.stream()
                        .map(name -> Pattern.quote(name).replace("*", "\\E.*\\Q"))
                        .collect(Collectors.joining("|")),
                Pattern.DOTALL);
    }

    /** What is wrong with the labels for a model that knows {@code known}. */
    List<String> problems(Collection<String> known) {
        List<String> problems = new ArrayList<>();
        for (String label : labels) {
            if (!known.contains(label)) {
                problems.add("rule." + name + ".labels has '" + label + "', which the model does not know; "
                        + Nearest.to(label, known)
                                .map(near -> "did you mean '" + near + "'?")
                                .orElseGet(() -> knows(known)));
            }
        }
        return problems;
    }

    private static String knows(Collection<String> known) {
        String some = known.stream().limit(NAMED).collect(Collectors.joining(", "));
        return "it knows " + some + (known.size() > NAMED ? " and " + (known.size() - NAMED) + " more" : "");
    }

    /** What it asks for, for people. */
    public String says() {
        return String.join(" | ", labels) + " with " + probability + " in " + frames + " of " + of + " pictures of "
                + String.join(", ", cameras)
                + (hold.isZero() ? "" : ", for " + Parsing.written(hold)) + "; cleared after "
                + Parsing.written(clearAfter)
                + (coolDown.isZero() ? "" : ", then quiet for " + Parsing.written(coolDown));
    }

    /** A hash of what the rule asks of pictures; which cameras it is for is no part of it. */
    public long fingerprint() {
        String text = String.join(
                "\n",
                labels.stream()
                        .map(label -> label.length() + ":" + label)
                        .sorted()
                        .collect(Collectors.joining(",")),
                Double.toString(probability),
                Integer.toString(frames),
                Integer.toString(of),
                hold.toString(),
                clearAfter.toString(),
                coolDown.toString());
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
