package io.patchstream.trainer.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Comma-separated values as RFC 4180 has them: quotes around what holds commas, quotes or line ends; quotes doubled inside. */
final class CsvReader {
    private final BufferedReader in;
    private int line;
    private int firstLine;

    CsvReader(BufferedReader in) {
        this.in = in;
    }

    /** The line, from 1, on which the last record began. */
    int firstLine() {
        return firstLine;
    }

    /**
     * The next record's cells; blank lines are passed over. Empty at the end.
     *
     * @throws IOException also when a quote is not closed or stands inside a bare cell
     */
    Optional<List<String>> next() throws IOException {
        String text = line();
        while (text != null && text.isBlank()) {
            text = line();
        }
        if (text == null) {
            return Optional.empty();
        }
        firstLine = line;
        List<String> cells = new ArrayList<>();
        int at = 0;
        while (true) {
            StringBuilder cell = new StringBuilder();
            if (at < text.length() && text.charAt(at) == '"') {
                at++;
                while (true) {
                    int end = text.indexOf('"', at);
                    if (end < 0) {
                        cell.append(text, at, text.length()).append('\n');
                        text = line();
                        at = 0;
                        if (text == null) {
                            throw new IOException("line " + firstLine + ": a quote is not closed");
                        }
                    } else {
                        cell.append(text, at, end);
                        at = end + 1;
                        if (at == text.length() || text.charAt(at) != '"') {
                            break;
                        }
                        cell.append('"');
                        at++;
                    }
                }
            } else {
                int end = text.indexOf(',', at);
                end = end < 0 ? text.length() : end;
                cell.append(text, at, end);
                at = end;
            }
            cells.add(cell.toString());
            if (at == text.length()) {
                return Optional.of(cells);
            }
            if (text.charAt(at) != ',') {
                throw new IOException(
                        "line " + line + ": after a closing quote comes '" + text.charAt(at) + "'; it must be a comma");
            }
            at++;
        }
    }

    private String line() throws IOException {
        String text = in.readLine();
        line++;
        return line == 1 && text != null && text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
