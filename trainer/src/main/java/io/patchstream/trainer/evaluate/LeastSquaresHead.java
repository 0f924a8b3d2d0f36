package io.patchstream.trainer.evaluate;

/**
 * A linear head in closed form, as the paper's few-shot evaluation has it (big_vision, {@code evaluators/fewshot_lsr.py}):
 * features are whitened, a constant one of 100 is the bias, targets are -1 and 1, and of {@code X^T X} and {@code X X^T} the
 * smaller is decomposed.
 */
public final class LeastSquaresHead {
    /** Large, so that the bias is hardly regularised. */
    private static final double BIAS = 100;

    private static final double EPSILON = 1e-5;
    /** 2^10, the evaluator's usual. */
    public static final double L2 = 1024;

    private final double[] mean;
    private final double[] deviation;
    private final Matrix weights;

    private LeastSquaresHead(double[] mean, double[] deviation, Matrix weights) {
        this.mean = mean;
        this.deviation = deviation;
        this.weights = weights;
    }

    /** Solves for the examples' own labels. */
    public static LeastSquaresHead fit(Answers answers, int classes, double l2) {
        int n = answers.size();
        int d = answers.width();
        double[] mean = new double[d];
        double[] deviation = new double[d];
        float[] raw = answers.embeddings();
        for (int j = 0; j < d; j++) {
            for (int i = 0; i < n; i++) {
                mean[j] += raw[i * d + j] / (double) n;
            }
            for (int i = 0; i < n; i++) {
                double off = raw[i * d + j] - mean[j];
                deviation[j] += off * off / n;
            }
            deviation[j] = Math.sqrt(deviation[j]) + EPSILON;
        }
        Matrix x = whitened(answers, mean, deviation); // [n, D+1]
        double[] targets = new double[n * classes];
        java.util.Arrays.fill(targets, -1);
        for (int i = 0; i < n; i++) {
            targets[i * classes + answers.labels()[i]] = 1;
        }
        Matrix y = new Matrix(n, classes, targets);
        Matrix turned = x.transposed();
        Matrix weights = n >= d + 1
                ? SymmetricEigen.of(turned.times(x)).inverse(l2).times(turned.times(y))
                : turned.times(SymmetricEigen.of(x.times(turned)).inverse(l2).times(y));
        return new LeastSquaresHead(mean, deviation, weights);
    }

    private static Matrix whitened(Answers answers, double[] mean, double[] deviation) {
        int d = mean.length;
        double[] x = new double[answers.size() * (d + 1)];
        for (int i = 0; i < answers.size(); i++) {
            for (int j = 0; j < d; j++) {
                x[i * (d + 1) + j] = (answers.embeddings()[i * d + j] - mean[j]) / deviation[j];
            }
            x[i * (d + 1) + d] = BIAS;
        }
        return new Matrix(answers.size(), d + 1, x);
    }

    /** {@code [D+1, K]}; the last row is the bias. */
    public Matrix weights() {
        return weights;
    }

    /** {@code [n, K]}; the largest of a row is the answer. */
    public Matrix scores(Answers answers) {
        return whitened(answers, mean, deviation).times(weights);
    }

    /** The share of examples that it gets right. */
    public double accuracy(Answers answers) {
        Matrix scores = scores(answers);
        int right = 0;
        for (int i = 0; i < scores.rows(); i++) {
            int best = 0;
            for (int k = 1; k < scores.columns(); k++) {
                best = scores.get(i, k) > scores.get(i, best) ? k : best;
            }
            right += best == answers.labels()[i] ? 1 : 0;
        }
        return right / (double) answers.size();
    }
}
