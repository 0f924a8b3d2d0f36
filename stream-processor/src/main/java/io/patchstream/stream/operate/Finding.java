package io.patchstream.stream.operate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What was found of one thing.
 *
 * @param level how bad it is
 * @param subject the thing, in a word or two
 * @param says what was found, in a line
 * @param mend the command, or what else to do; empty where nothing is to be done
 */
record Finding(Level level, String subject, String says, Optional<String> mend) {
    /** How bad it is. */
    enum Level {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String subject, String says) {
        return new Finding(Level.OK, subject, says, Optional.empty());
    }

    static Finding warn(String subject, String says, String mend) {
        return new Finding(Level.WARN, subject, says, Optional.of(mend));
    }

    static Finding fail(String subject, String says, String mend) {
        return new Finding(Level.FAIL, subject, says, Optional.of(mend));
    }

    /** Whether one of them must be mended. */
    static boolean anyFail(List<Finding> findings) {
        return findings.stream().anyMatch(finding -> finding.level == Level.FAIL);
    }

    /** A line, and the command on the next. */
    String toText() {
        return "%-4s  %-12s  %s".formatted(level.name().toLowerCase(Locale.ROOT), subject, says)
                + mend.map(command -> "\n      mend: " + command).orElse("");
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("level", level.name().toLowerCase(Locale.ROOT));
        json.put("subject", subject);
        json.put("says", says);
        json.put("mend", mend.orElse(null));
        return json;
    }
}
