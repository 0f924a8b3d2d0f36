package io.patchstream.bench.documents;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A line of a shell, without its comment, redirection and pipe.
 *
 * @param environment assignments in front of the program
 * @param words the program and its arguments
 */
record ShellCommand(Map<String, String> environment, List<String> words) {

    static ShellCommand of(String line) {
        Map<String, String> environment = new LinkedHashMap<>();
        List<String> words = split(line);
        while (!words.isEmpty() && words.get(0).matches("[A-Z_][A-Z0-9_]*=.*")) {
            String[] assignment = words.remove(0).split("=", 2);
            environment.put(assignment[0], assignment[1]);
        }
        return new ShellCommand(environment, words);
    }

    /** What stands behind {@code program}; empty when it is another. */
    Optional<List<String>> argumentsOf(String program) {
        return !words.isEmpty() && words.get(0).equals(program)
                ? Optional.of(words.subList(1, words.size()))
                : Optional.empty();
    }

    /** Quotes keep blanks together; an unquoted {@code #}, {@code >}, {@code |} or {@code &} ends the command. */
    private static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (char c : (line + " ").toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                begun = true;
            } else if (Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else if (!begun && "#>|&;".indexOf(c) >= 0) {
                return words;
            } else {
                word.append(c);
                begun = true;
            }
        }
        return words;
    }
}
