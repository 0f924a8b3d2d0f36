package io.patchstream.trainer.objective;

import io.patchstream.trainer.torch.Pixels;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What masked patch prediction asks of a patch: the paper's choice, and the two that it was held against (app. B.1.2). */
public enum MaskedTarget {
    /** The mean colour in three bits a channel: one of 512 classes. */
    MEAN_COLOUR {
        @Override
        public int outputs(int patch) {
            return PatchColours.COUNT;
        }

        @Override
        Objective.Result of(Tensor predicted, Patches patches) {
            return classes(predicted, patches.colours(1));
        }
    },
    /** The same of 4 x 4 cells of the patch: 16 of 512 classes. */
    COLOURS_4X4 {
        @Override
        public int outputs(int patch) {
            if (patch % CELLS != 0) {
                throw new IllegalArgumentException(
                        "masked-target=COLOURS_4X4 needs patches of a multiple of 4 pixels, not of " + patch);
            }
            return CELLS * CELLS * PatchColours.COUNT;
        }

        @Override
        Objective.Result of(Tensor predicted, Patches patches) {
            return classes(predicted.reshape(-1, PatchColours.COUNT), patches.colours(CELLS));
        }
    },
    /** Every pixel, from -1 to 1, by least squares. Right is a patch whose mean has the three bits of {@link #MEAN_COLOUR}. */
    PIXELS {
        @Override
        public int outputs(int patch) {
            return 3 * patch * patch;
        }

        @Override
        Objective.Result of(Tensor predicted, Patches patches) {
            float[] wanted = patches.scaled();
            int width = Math.toIntExact(predicted.size(1));
            Tensor target = Pixels.targets(wanted, wanted.length / width); // [n, 3 P^2]
            return new Objective.Result(torch.mse_loss(predicted, target), rightMeans(predicted, patches));
        }
    };

    private static final int CELLS = 4;

    /**
     * How many numbers are predicted of a patch.
     *
     * @param patch its side in pixels
     * @throws IllegalArgumentException when patches of this side cannot be asked for this
     */
    public abstract int outputs(int patch);

    /** Loss and share of right answers of {@code predicted}, float32 {@code [n, outputs]}, for the corrupted patches. */
    abstract Objective.Result of(Tensor predicted, Patches patches);

    private static Objective.Result classes(Tensor logits, long[] wanted) {
        int[] labels = Arrays.stream(wanted).mapToInt(Math::toIntExact).toArray();
        return new Objective.Result(
                torch.cross_entropy_loss(logits, Pixels.indices(wanted)), Classification.right(logits, labels));
    }

    private static double rightMeans(Tensor predicted, Patches patches) {
        long[] wanted = patches.colours(1);
        float[] values = new float[Math.toIntExact(predicted.numel())];
        predicted.detach().contiguous().data_ptr_float().get(values);
        int width = values.length / wanted.length;
        int right = 0;
        for (int i = 0; i < wanted.length; i++) {
            double[] sums = new double[3];
            for (int j = 0; j < width; j++) {
                sums[j % 3] += values[i * width + j];
            }
            right += PatchColours.classOf(sums, width / 3) == wanted[i] ? 1 : 0;
        }
        return right / (double) wanted.length;
    }

    /**
     * The patches that were corrupted, as they were.
     *
     * @param pixels uint8 {@code [B, side, side, 3]}
     * @param side of the pictures
     * @param grid patches in a row and in a column
     * @param corrupted places in {@code [B * grid * grid]}
     */
    record Patches(byte[] pixels, int batch, int side, int grid, long[] corrupted) {
        /** Colour classes of {@code cells x cells} cells of each, row by row. */
        long[] colours(int cells) {
            long[] all = PatchColours.of(pixels, batch, side, grid * cells);
            long[] wanted = new long[corrupted.length * cells * cells];
            int row = grid * cells;
            for (int i = 0; i < wanted.length; i++) {
                int cell = i % (cells * cells);
                int at = Math.toIntExact(corrupted[i / (cells * cells)]);
                int y = at / grid % grid * cells + cell / cells;
                int x = at % grid * cells + cell % cells;
                wanted[i] = all[(at / (grid * grid) * row + y) * row + x];
            }
            return wanted;
        }

        /** Values from -1 to 1, {@code [n, P, P, 3]}. */
        float[] scaled() {
            int patch = side / grid;
            float[] wanted = new float[corrupted.length * patch * patch * 3];
            for (int i = 0; i < wanted.length; i++) {
                int at = Math.toIntExact(corrupted[i / (patch * patch * 3)]);
                int y = at / grid % grid * patch + i / (patch * 3) % patch;
                int x = at % grid * patch + i / 3 % patch;
                wanted[i] = (pixels[((at / (grid * grid) * side + y) * side + x) * 3 + i % 3] & 0xff) / 127.5f - 1;
            }
            return wanted;
        }
    }
}
