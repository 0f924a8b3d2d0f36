package io.patchstream.bench.documents;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A command as manuals write it: {@code verb a|b [--option VALUE | --other VALUE] ...}; each choice becomes a line. */
record Synopsis(String text) {
    private static final Pattern OPTIONAL = Pattern.compile("\\[([^\\[\\]]*)\\]");
    private static final Pattern CHOICE = Pattern.compile("(?<= )[a-z-]+(\\|[a-z-]+)+");

    /** All that it stands for: every choice is taken at least once, every optional part is there. */
    List<String> lines() {
        return IntStream.range(0, 8).mapToObj(this::choose).collect(Collectors.toCollection(TreeSet::new)).stream()
                .toList();
    }

    private String choose(int which) {
        String line = replace(OPTIONAL, text.replaceAll("(^|\\s)\\.\\.\\.(?=\\s|$)", " "), " \\| ", which);
        return replace(CHOICE, line, "\\|", which);
    }

    private static String replace(Pattern pattern, String line, String separator, int which) {
        Matcher matcher = pattern.matcher(line);
        return matcher.replaceAll(found -> {
            String inner = found.groupCount() > 0 && found.group().startsWith("[") ? found.group(1) : found.group();
            String[] choices = inner.split(separator);
            return Matcher.quoteReplacement(choices[Math.min(which, choices.length - 1)]);
        });
    }
}
