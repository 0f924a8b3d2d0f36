package io.patchstream.trainer.evaluate;

/**
 * The one number that a model's logits are divided by so that its probabilities mean something (Guo et al. 2017): the minimum
 * of the mean negative log-likelihood. That is convex in 1/T, and its slope there is the mean of (expected logit - right
 * logit), so that bisection finds the only minimum.
 */
public final class TemperatureScaling {
    private static final double LEAST = 1e-3;
    private static final double MOST = 1e3;
    private static final int HALVINGS = 100;

    private TemperatureScaling() {}

    /** The best temperature, from 0.001 to 1,000: at a border when all answers are right, or none. */
    public static double fit(Answers answers) {
        double low = Math.log(1 / MOST);
        double high = Math.log(1 / LEAST);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (slope(answers, Math.exp(middle)) > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return Math.exp(-(low + high) / 2);
    }

    /** Mean negative log-likelihood of the right classes, in nats. */
    public static double loss(Answers answers, double temperature) {
        double sum = 0;
        for (int i = 0; i < answers.size(); i++) {
            sum -= Math.log(Math.max(answers.probabilities(i, temperature)[answers.labels()[i]], Double.MIN_NORMAL));
        }
        return sum / answers.size();
    }

    private static double slope(Answers answers, double inverse) {
        double sum = 0;
        for (int i = 0; i < answers.size(); i++) {
            double[] probabilities = answers.probabilities(i, 1 / inverse);
            for (int j = 0; j < probabilities.length; j++) {
                sum += probabilities[j] * answers.logit(i, j);
            }
            sum -= answers.logit(i, answers.labels()[i]);
        }
        return sum;
    }
}
