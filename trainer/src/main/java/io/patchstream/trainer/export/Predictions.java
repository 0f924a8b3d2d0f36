package io.patchstream.trainer.export;

/** A model's logits for some pictures, and what can be counted on them. */
final class Predictions {
    private final int count;
    private final float[] logits;

    private Predictions(int count, float[] logits) {
        this.count = count;
        this.logits = logits;
    }

    static Predictions of(RuntimeSession session, LabelledPixels pictures) {
        return new Predictions(pictures.count(), session.logits(pictures, 1));
    }

    /** The class with the largest logit; of equal ones the first. */
    int top(int picture) {
        int classes = logits.length / count;
        int best = 0;
        for (int i = 1; i < classes; i++) {
            if (logits[picture * classes + i] > logits[picture * classes + best]) {
                best = i;
            }
        }
        return best;
    }

    /** The top classes of all pictures. */
    int[] tops() {
        int[] tops = new int[count];
        java.util.Arrays.setAll(tops, this::top);
        return tops;
    }

    /** Share of pictures whose top class is the true one, 0 to 1. */
    double accuracy(LabelledPixels pictures) {
        int right = 0;
        for (int i = 0; i < count; i++) {
            right += top(i) == pictures.classOf(i) ? 1 : 0;
        }
        return (double) right / count;
    }

    /** Share of pictures to which the other gives the same top class, 0 to 1. */
    double agreement(Predictions other) {
        int same = 0;
        for (int i = 0; i < count; i++) {
            same += top(i) == other.top(i) ? 1 : 0;
        }
        return (double) same / count;
    }

    /** Root of the mean squared difference of logits. */
    double rmsDifference(Predictions other) {
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double difference = (double) logits[i] - other.logits[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum / logits.length);
    }

    /** The largest difference of a logit; infinite where one is not finite. */
    double largestDifference(Predictions other) {
        double largest = 0;
        for (int i = 0; i < logits.length; i++) {
            double difference = Math.abs((double) logits[i] - other.logits[i]);
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    /** The largest magnitude of a logit. */
    double largest() {
        double largest = 0;
        for (float logit : logits) {
            largest = Math.max(largest, Math.abs((double) logit));
        }
        return largest;
    }

    /** Root of the mean squared logit. */
    double rms() {
        double sum = 0;
        for (float logit : logits) {
            sum += (double) logit * logit;
        }
        return Math.sqrt(sum / logits.length);
    }
}
