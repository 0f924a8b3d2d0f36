package io.patchstream.vision;

import io.patchstream.vision.model.Preprocessing;

/**
 * Where a picture of a given size lands in the model's input: resized to {@code height x width}, of which the window of
 * the input's size at {@code (top, left)} is kept.
 *
 * @param height the resized picture's height in pixels
 * @param width the resized picture's width in pixels
 * @param top the first row that is kept
 * @param left the first column that is kept
 */
record Framing(int height, int width, int top, int left) {

    /**
     * The framing of a picture of {@code height x width} pixels. {@code SHORTEST_SIDE} rounds as torchvision (and timm on
     * top of it) does: the longer side is {@code int(resizeTo * long / short)}, the crop begins at
     * {@code int(round(excess / 2))} with halves to even.
     */
    static Framing of(Preprocessing preprocessing, int height, int width) {
        if (preprocessing.resize() == Preprocessing.Resize.SQUASH) {
            return new Framing(preprocessing.height(), preprocessing.width(), 0, 0);
        }
        int shortest = Math.min(height, width);
        int resizedHeight = proportional(preprocessing.resizeTo(), height, shortest);
        int resizedWidth = proportional(preprocessing.resizeTo(), width, shortest);
        return new Framing(
                resizedHeight,
                resizedWidth,
                margin(resizedHeight - preprocessing.height()),
                margin(resizedWidth - preprocessing.width()));
    }

    /**
     * Whether Pillow shrinks the height first. Up to Pillow 12 it never does; since 13.0 it does where that saves work:
     * when the height loses more than twice what the width loses. Rounding between the passes makes the order visible.
     */
    boolean verticalFirst(int sourceHeight, int sourceWidth) {
        int lost = sourceHeight - height;
        return lost > 0 && lost > 2L * (sourceWidth - width);
    }

    private static int proportional(int resizeTo, int side, int shortest) {
        return Math.toIntExact((long) resizeTo * side / shortest);
    }

    private static int margin(int excess) {
        return (int) Math.rint(excess / 2.0);
    }
}
