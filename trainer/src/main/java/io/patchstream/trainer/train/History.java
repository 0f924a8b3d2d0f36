package io.patchstream.trainer.train;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** {@code history.csv}: a line for each step, with the loss to its last bit. Lines after the step that a run resumes at are cut. */
final class History implements AutoCloseable {
    private static final String FILE = "history.csv";
    private static final String HEADER = "step,loss,learning_rate,gradient_norm";

    private final BufferedWriter out;

    private History(BufferedWriter out) {
        this.out = out;
    }

    /** Opens the file for steps from {@code firstStep} on. */
    static History open(Path folder, long firstStep) throws IOException {
        Path file = folder.resolve(FILE);
        List<String> kept = List.of(HEADER);
        if (firstStep > 0 && Files.exists(file)) {
            try (var lines = Files.lines(file)) {
                kept = lines.limit(firstStep + 1).toList();
            }
        }
        Files.write(file, kept);
        return new History(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    }

    void add(long step, double loss, double learningRate, double gradientNorm) throws IOException {
        out.write(step + "," + loss + "," + learningRate + "," + gradientNorm);
        out.newLine();
    }

    /** To be called before the state is saved: what the state counts as done is in the file. */
    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
