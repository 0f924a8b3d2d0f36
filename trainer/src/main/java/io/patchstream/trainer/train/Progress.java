package io.patchstream.trainer.train;

import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a person sees of a running training: a bar on a terminal, a line every few seconds in a log. */
final class Progress implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
    /** How much of the running means the last step is. */
    private static final double NEW = 0.02;

    private final ProgressBar bar;
    private final long totalSteps;
    private final int stepsPerEpoch;
    private final int batchSize;
    private final long beganNanos = System.nanoTime();
    private final long firstStep;
    private long lineNanos = beganNanos;
    private long lineStep;
    private double loss = Double.NaN;
    private double accuracy = Double.NaN;

    Progress(long firstStep, long totalSteps, int stepsPerEpoch, int batchSize) {
        this.firstStep = firstStep;
        this.lineStep = firstStep;
        this.totalSteps = totalSteps;
        this.stepsPerEpoch = stepsPerEpoch;
        this.batchSize = batchSize;
        this.bar = System.console() == null
                ? null
                : new ProgressBarBuilder()
                        .setTaskName("train")
                        .setInitialMax(totalSteps)
                        .startsFrom(firstStep, Duration.ZERO)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(500)
                        .build();
    }

    /**
     * One more step is done.
     *
     * @param right the share of the batch that the model had right
     */
    void step(long step, double stepLoss, double right) {
        loss = Double.isNaN(loss) ? stepLoss : loss + NEW * (stepLoss - loss);
        accuracy = Double.isNaN(accuracy) ? right : accuracy + NEW * (right - accuracy);
        if (bar != null) {
            bar.stepTo(step + 1);
            bar.setExtraMessage(String.format(
                    Locale.ROOT, " loss %.3f, right %.1f %%, %.0f images/s", loss, 100 * accuracy, rate(step)));
        } else if (System.nanoTime() - lineNanos >= LINE_NANOS) {
            double recent = (step + 1 - lineStep) * batchSize * 1e9 / (System.nanoTime() - lineNanos);
            LOG.info(
                    "epoch {} step {} of {}: loss {}, right {} %, {} images/s, {} left",
                    step / stepsPerEpoch + 1,
                    step + 1,
                    totalSteps,
                    String.format(Locale.ROOT, "%.4f", loss),
                    String.format(Locale.ROOT, "%.1f", 100 * accuracy),
                    Math.round(recent),
                    left(step));
            lineNanos = System.nanoTime();
            lineStep = step + 1;
        }
    }

    private double rate(long step) {
        return (step + 1 - firstStep) * batchSize * 1e9 / (System.nanoTime() - beganNanos);
    }

    private String left(long step) {
        long seconds = Math.round((totalSteps - step - 1) * batchSize / rate(step));
        return String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
