package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.TrainedModel;
import java.util.Arrays;

/**
 * The Vision Transformer in plain loops and double precision, written from the paper and sharing nothing with the exporter:
 * what exported graphs are held against. One picture at a time.
 */
final class ReferenceTransformer {
    private final ModelConfig config;
    private final TrainedModel model;
    private final int d;

    ReferenceTransformer(TrainedModel model) {
        this.model = model;
        this.config = model.config();
        this.d = config.hiddenSize();
    }

    /** An answer for one picture. */
    static final class Answer {
        final double[] logits;
        final double[] embedding;

        Answer(double[] logits, double[] embedding) {
            this.logits = logits;
            this.embedding = embedding;
        }
    }

    /** {@code pixels} is uint8 {@code [H, W, 3]}. */
    Answer answer(byte[] pixels) {
        double[][] x = embed(planes(pixels));
        for (int block = 0; block < config.layers(); block++) {
            String name = "blocks." + block + ".";
            add(x, attention(name + "attn.", norm(name + "norm1", x)));
            double[][] hidden = dense(name + "mlp.fc1", norm(name + "norm2", x), config.mlpSize());
            for (double[] row : hidden) {
                Arrays.setAll(row, i -> gelu(row[i]));
            }
            add(x, dense(name + "mlp.fc2", hidden, d));
        }
        double[] embedding = pool(norm("norm", x));
        return new Answer(dense("head", new double[][] {embedding}, config.classes())[0], embedding);
    }

    private float[] get(String name) {
        return model.parameters().get(name).values();
    }

    /** {@code [3][H][W]}, normalised. */
    private double[][][] planes(byte[] pixels) {
        int side = config.imageSize();
        double[][][] planes = new double[3][side][side];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                for (int c = 0; c < 3; c++) {
                    double value = (pixels[(y * side + x) * 3 + c] & 0xff) / 255.0;
                    planes[c][y][x] = (value - config.normalisation().mean())
                            / config.normalisation().std();
                }
            }
        }
        return planes;
    }

    private double[][] embed(double[][][] planes) {
        double[][] tokens;
        if (config.tokenizer() instanceof Patches patches) {
            double[][][] map = convolve("patch_embed.proj", planes, d, patches.size(), patches.size(), 0);
            float[] bias = get("patch_embed.proj.bias");
            tokens = flatten(map);
            for (double[] token : tokens) {
                Arrays.setAll(token, i -> token[i] + bias[i]);
            }
        } else {
            Convolutions convolutions = (Convolutions) config.tokenizer();
            double[][][] map = planes;
            for (int i = 0; i < convolutions.layers(); i++) {
                int out = i == convolutions.layers() - 1 ? d : convolutions.channels();
                map = pool(convolve(
                        "tokenizer.convs." + i, map, out, convolutions.kernel(), 1, convolutions.kernel() / 2));
            }
            tokens = flatten(map);
        }
        if (config.hasClassToken()) {
            double[][] with = new double[tokens.length + 1][];
            float[] token = get("cls_token");
            with[0] = new double[d];
            Arrays.setAll(with[0], i -> token[i]);
            System.arraycopy(tokens, 0, with, 1, tokens.length);
            tokens = with;
        }
        float[] position = get("pos_embed");
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < d; i++) {
                tokens[t][i] += position[t * d + i];
            }
        }
        return tokens;
    }

    private double[][][] convolve(String layer, double[][][] in, int out, int k, int stride, int padding) {
        float[] weight = get(layer + ".weight");
        int side = (in[0].length + 2 * padding - k) / stride + 1;
        double[][][] map = new double[out][side][side];
        for (int o = 0; o < out; o++) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    double sum = 0;
                    for (int c = 0; c < in.length; c++) {
                        for (int dy = 0; dy < k; dy++) {
                            for (int dx = 0; dx < k; dx++) {
                                int fromY = y * stride + dy - padding;
                                int fromX = x * stride + dx - padding;
                                if (fromY >= 0 && fromX >= 0 && fromY < in[c].length && fromX < in[c].length) {
                                    sum += in[c][fromY][fromX] * weight[((o * in.length + c) * k + dy) * k + dx];
                                }
                            }
                        }
                    }
                    map[o][y][x] = sum;
                }
            }
        }
        return map;
    }

    /** ReLU, then the largest of 3 x 3 at every second place. */
    private static double[][][] pool(double[][][] in) {
        int side = (in[0].length + 1) / 2;
        double[][][] map = new double[in.length][side][side];
        for (int c = 0; c < in.length; c++) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    for (int fromY = Math.max(0, 2 * y - 1); fromY <= Math.min(in[c].length - 1, 2 * y + 1); fromY++) {
                        for (int fromX = Math.max(0, 2 * x - 1);
                                fromX <= Math.min(in[c].length - 1, 2 * x + 1);
                                fromX++) {
                            map[c][y][x] = Math.max(map[c][y][x], in[c][fromY][fromX]);
                        }
                    }
                }
            }
        }
        return map;
    }

    private static double[][] flatten(double[][][] map) {
        int side = map[0].length;
        double[][] tokens = new double[side * side][map.length];
        for (int c = 0; c < map.length; c++) {
            for (int t = 0; t < tokens.length; t++) {
                tokens[t][c] = map[c][t / side][t % side];
            }
        }
        return tokens;
    }

    private double[][] attention(String name, double[][] x) {
        double[][] qkv = dense(name + "qkv", x, 3 * d);
        int size = d / config.heads();
        double[][] joined = new double[x.length][d];
        for (int head = 0; head < config.heads(); head++) {
            int q = head * size;
            int k = d + q;
            int v = 2 * d + q;
            for (int t = 0; t < x.length; t++) {
                double[] scores = new double[x.length];
                for (int s = 0; s < x.length; s++) {
                    for (int i = 0; i < size; i++) {
                        scores[s] += qkv[t][q + i] * qkv[s][k + i] / Math.sqrt(size);
                    }
                }
                softmax(scores);
                for (int s = 0; s < x.length; s++) {
                    for (int i = 0; i < size; i++) {
                        joined[t][q + i] += scores[s] * qkv[s][v + i];
                    }
                }
            }
        }
        return dense(name + "proj", joined, d);
    }

    static void softmax(double[] scores) {
        double largest = Arrays.stream(scores).max().orElseThrow();
        Arrays.setAll(scores, i -> Math.exp(scores[i] - largest));
        double sum = Arrays.stream(scores).sum();
        Arrays.setAll(scores, i -> scores[i] / sum);
    }

    private double[][] dense(String layer, double[][] x, int out) {
        float[] weight = get(layer + ".weight");
        float[] bias = get(layer + ".bias");
        double[][] y = new double[x.length][out];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < out; o++) {
                double sum = bias[o];
                for (int i = 0; i < x[t].length; i++) {
                    sum += weight[o * x[t].length + i] * x[t][i];
                }
                y[t][o] = sum;
            }
        }
        return y;
    }

    private double[][] norm(String layer, double[][] x) {
        float[] weight = get(layer + ".weight");
        float[] bias = get(layer + ".bias");
        double[][] y = new double[x.length][d];
        for (int t = 0; t < x.length; t++) {
            double mean = Arrays.stream(x[t]).average().orElseThrow();
            double variance = Arrays.stream(x[t])
                    .map(v -> (v - mean) * (v - mean))
                    .average()
                    .orElseThrow();
            for (int i = 0; i < d; i++) {
                y[t][i] = (x[t][i] - mean) / Math.sqrt(variance + config.layerNormEpsilon()) * weight[i] + bias[i];
            }
        }
        return y;
    }

    private double gelu(double x) {
        if (config.gelu() == ModelConfig.Gelu.TANH) {
            return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        }
        return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    /** By the series of Abramowitz and Stegun 7.1.6: all terms positive, to double precision for |x| below 6. */
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return Math.abs(x) > 6 ? Math.signum(x) : 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    private double[] pool(double[][] tokens) {
        if (config.pooling() == ModelConfig.Pooling.CLASS_TOKEN) {
            return tokens[0];
        }
        double[] shares = new double[tokens.length];
        if (config.pooling() == ModelConfig.Pooling.SEQUENCE) {
            double[][] scores = dense("sequence_pool", tokens, 1);
            Arrays.setAll(shares, t -> scores[t][0]);
            softmax(shares);
        } else {
            Arrays.fill(shares, 1.0 / tokens.length);
        }
        double[] pooled = new double[d];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < d; i++) {
                pooled[i] += shares[t] * tokens[t][i];
            }
        }
        return pooled;
    }

    private static void add(double[][] to, double[][] what) {
        for (int t = 0; t < to.length; t++) {
            for (int i = 0; i < to[t].length; i++) {
                to[t][i] += what[t][i];
            }
        }
    }
}
