package io.patchstream.trainer.train;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.nio.file.Path;

/** What a training leaves to be read while it runs: the history's file and the progress on the screen. Only rank 0 keeps one. */
final class RunRecord implements AutoCloseable {
    private final History history;
    private final Progress progress;

    private RunRecord(History history, Progress progress) {
        this.history = history;
        this.progress = progress;
    }

    @MustBeClosed
    static RunRecord open(boolean kept, Path folder, long firstStep, long totalSteps, int stepsPerEpoch, int batchSize)
            throws IOException {
        return kept
                ? new RunRecord(
                        History.open(folder, firstStep), new Progress(firstStep, totalSteps, stepsPerEpoch, batchSize))
                : new RunRecord(null, null);
    }

    void step(long step, Gradient.Means means, double learningRate, double gradientNorm) throws IOException {
        if (history != null) {
            history.add(step, means.loss(), learningRate, gradientNorm);
            progress.step(step, means.loss(), means.right());
        }
    }

    /** To be called before the state is saved: what the state counts as done is in the file. */
    void flush() throws IOException {
        if (history != null) {
            history.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (history != null) {
            progress.close();
            history.close();
        }
    }
}
