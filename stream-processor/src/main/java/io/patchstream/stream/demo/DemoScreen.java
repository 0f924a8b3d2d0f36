package io.patchstream.stream.demo;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** What the user sees. Used by the demo's main thread. */
final class DemoScreen {
    private final PrintWriter out;
    private final boolean redraws;
    private int drawn;

    /** @param redraws whether lines are drawn over each other; else each is a new one */
    DemoScreen(PrintWriter out, boolean redraws) {
        this.out = out;
        this.redraws = redraws;
    }

    /** Something that happened; stays on the screen. */
    void say(String text) {
        erase();
        out.println(text);
        out.flush();
    }

    /** How things stand now. */
    void show(DemoBoard board, FrameBooks.Totals totals, TruthBook.Score score, double seconds) {
        board.takeDeadLetters().forEach(this::say);
        erase();
        Map<String, DemoBoard.Line> lines = board.lines();
        lines.forEach((camera, line) -> out.println(format(
                "  %-7s %-12s %5.1f %%  %5d ms  %,8d pictures  %s",
                camera, line.label(), 100 * line.probability(), line.latencyMillis(), line.pictures(), line.truth())));
        String right = score.labelledWithTruth() == 0 ? "" : format(", %.1f %% right", 100 * score.accuracy());
        out.println(format(
                "  filmed for %.0f s: %,d in, %,d labelled, %d dead letters, %d on their way, %d answered twice%s",
                seconds,
                totals.framesIn(),
                totals.labelled() + totals.reused(),
                totals.deadLettered(),
                totals.unaccounted(),
                totals.duplicated(),
                right));
        out.flush();
        drawn = redraws ? lines.size() + 1 : 0;
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\u001b[" + drawn + "A\u001b[J");
            drawn = 0;
        }
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
