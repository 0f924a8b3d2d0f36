package io.patchstream.trainer.evaluate;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * The weighted vote of the k nearest training examples by cosine, each with weight {@code exp(cosine / 0.07)}: the evaluation
 * of DINO (Caron et al. 2021), which trains nothing.
 *
 * @param k how many vote; fewer when there are fewer
 */
public record NearestNeighbours(int k) {
    private static final double TEMPERATURE = 0.07;
    private static final int BLOCK = 256;

    /** The class that is voted for, for each of {@code asked}. */
    public int[] vote(Answers known, Answers asked, int classes) {
        int[] voted = new int[asked.size()];
        int count = Math.min(k, known.size());
        int d = known.width();
        float[] queries = unit(asked);
        try (PointerScope all = new PointerScope()) {
            Tensor keys = tensor(unit(known), known.size(), d).t(); // [D, n]
            for (int from = 0; from < voted.length; from += BLOCK) {
                int to = Math.min(voted.length, from + BLOCK);
                float[] cosines = new float[(to - from) * count];
                long[] neighbours = new long[(to - from) * count];
                try (PointerScope scope = new PointerScope()) {
                    Tensor block = tensor(java.util.Arrays.copyOfRange(queries, from * d, to * d), to - from, d);
                    T_TensorTensor_T nearest = torch.topk(block.matmul(keys), count);
                    nearest.get0().contiguous().data_ptr_float().get(cosines);
                    nearest.get1().contiguous().data_ptr_long().get(neighbours);
                }
                for (int i = from; i < to; i++) {
                    double[] votes = new double[classes];
                    for (int n = (i - from) * count; n < (i - from + 1) * count; n++) {
                        votes[known.labels()[(int) neighbours[n]]] += Math.exp(cosines[n] / TEMPERATURE);
                    }
                    for (int c = 1; c < classes; c++) {
                        voted[i] = votes[c] > votes[voted[i]] ? c : voted[i];
                    }
                }
            }
        }
        return voted;
    }

    static Tensor tensor(float[] values, long rows, long columns) {
        return torch.from_blob(
                new FloatPointer(values), new long[] {rows, columns}, new TensorOptions(torch.ScalarType.Float));
    }

    static float[] unit(Answers answers) {
        int d = answers.width();
        float[] unit = answers.embeddings().clone();
        for (int i = 0; i < answers.size(); i++) {
            double squares = 0;
            for (int j = 0; j < d; j++) {
                squares += unit[i * d + j] * unit[i * d + j];
            }
            double length = Math.max(Math.sqrt(squares), 1e-12);
            for (int j = 0; j < d; j++) {
                unit[i * d + j] = (float) (unit[i * d + j] / length);
            }
        }
        return unit;
    }
}
