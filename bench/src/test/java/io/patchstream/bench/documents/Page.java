package io.patchstream.bench.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Markdown file in its parts.
 *
 * @param file where it is; links are relative to its folder
 * @param blocks fenced and indented code
 * @param spans what stands in backticks within the prose
 * @param links targets of links and pictures
 * @param anchors what {@code #...} may name in it
 */
record Page(Path file, List<Block> blocks, List<Span> spans, List<Span> links, Set<String> anchors) {
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    /**
     * Code on lines of its own.
     *
     * @param info what stands behind the fence: a language, then marks; empty where code is indented
     * @param line the number of its first line
     */
    record Block(String info, int line, List<String> lines) {
        String language() {
            return info.split(" ")[0];
        }

        boolean hasMark(String mark) {
            return List.of(info.split(" ")).contains(mark);
        }

        /** Its commands: one a line, with what is continued by a backslash or by an indented bracket put together. */
        List<Span> commands() {
            List<Span> commands = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                StringBuilder command = new StringBuilder(lines.get(i).strip());
                int first = i;
                while (i + 1 < lines.size()
                        && (endsOpen(command) || lines.get(i + 1).matches("\\s+\\[.*"))) {
                    if (endsOpen(command)) {
                        command.setLength(command.length() - 1);
                    }
                    command.append(' ').append(lines.get(++i).strip());
                }
                if (!command.toString().isBlank() && command.charAt(0) != '#') {
                    commands.add(new Span(command.toString(), line + first));
                }
            }
            return commands;
        }

        private static boolean endsOpen(StringBuilder command) {
            return command.length() > 0 && command.charAt(command.length() - 1) == '\\';
        }
    }

    /** A piece of text and the number of its line. */
    record Span(String text, int line) {}

    static Page read(Path file) throws IOException {
        return of(file, Files.readAllLines(file));
    }

    static Page of(Path file, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        List<Span> spans = new ArrayList<>();
        List<Span> links = new ArrayList<>();
        Set<String> anchors = new TreeSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("```")) {
                List<String> code = new ArrayList<>();
                int first = i + 2;
                while (++i < lines.size() && !lines.get(i).startsWith("```")) {
                    code.add(lines.get(i));
                }
                blocks.add(new Block(line.substring(3).strip(), first, code));
            } else if (line.startsWith("    ") && i > 0 && lines.get(i - 1).isBlank()) {
                List<String> code = new ArrayList<>();
                int first = i + 1;
                for (; i < lines.size() && line.startsWith("    "); i++, line = i < lines.size() ? lines.get(i) : "") {
                    code.add(line.substring(4));
                }
                i--;
                blocks.add(new Block("", first, code));
            } else {
                if (line.startsWith("#")) {
                    anchors.add(anchor(line.replaceFirst("^#+ *", "")));
                }
                find(SPAN, line, i + 1, spans);
                find(LINK, SPAN.matcher(line).replaceAll("code"), i + 1, links);
            }
        }
        return new Page(file, blocks, spans, links, anchors);
    }

    private static void find(Pattern pattern, String line, int number, List<Span> into) {
        Matcher matcher = pattern.matcher(line);
        while (matcher.find()) {
            into.add(new Span(matcher.group(1), number));
        }
    }

    /** A heading as it is linked to: lower case, letters, digits and dashes. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .strip()
                .replace(' ', '-');
    }

    /** All code but Java's, in blocks and in spans. */
    Stream<Span> code() {
        return Stream.concat(
                spans.stream(),
                blocks.stream()
                        .filter(block -> !block.language().equals("java"))
                        .flatMap(block -> block.commands().stream()));
    }

    /** Where in it something is. */
    String at(Span span) {
        return Repository.ROOT.relativize(file) + ":" + span.line();
    }

    @Override
    public String toString() {
        return blocks.stream().map(Block::info).collect(Collectors.joining(", ", file + " with blocks ", ""));
    }
}
