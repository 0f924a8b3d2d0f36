package io.patchstream.vision;

/** Pictures that Java and the oracle's Python draw alike: bands of noise, of black and white, of a gradient. */
final class SyntheticPicture {
    private SyntheticPicture() {}

    static RgbImage of(int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        int i = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    pixels[i++] = (byte) value(y, x, c);
                }
            }
        }
        return new RgbImage(height, width, pixels);
    }

    private static int value(int y, int x, int c) {
        int h = x * 0x9E3779B1 + y * 0x85EBCA77 + c * 0xC2B2AE3D;
        h ^= h >>> 15;
        h *= 0x2C1B3C6D;
        h ^= h >>> 12;
        int noise = h & 0xff;
        return switch (y / 16 % 3) {
            case 0 -> noise;
            case 1 -> noise < 128 ? 0 : 255;
            default -> x * 3 + y * 2 + c * 85 & 0xff;
        };
    }
}
