package io.patchstream.trainer.data;

import io.patchstream.vision.Png;
import io.patchstream.vision.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Small pictures and archives to test with. */
public final class Pictures {
    private Pictures() {}

    /** A picture of soft blobs, another one for each seed. */
    public static RgbImage blobs(long seed, int height, int width) {
        Random random = new Random(seed * 31 + 7);
        double[][] centres = new double[12][];
        for (int i = 0; i < centres.length; i++) {
            centres[i] = new double[] {
                random.nextDouble() * height, random.nextDouble() * width, 60 + random.nextInt(160), random.nextInt(3)
            };
        }
        byte[] pixels = new byte[height * width * 3];
        double reach = height * width / 90.0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double[] value = {40, 40, 40};
                for (double[] centre : centres) {
                    double square = (y - centre[0]) * (y - centre[0]) + (x - centre[1]) * (x - centre[1]);
                    value[(int) centre[3]] += centre[2] * Math.exp(-square / reach);
                    value[0] += centre[2] / 3 * Math.exp(-square / reach);
                }
                for (int c = 0; c < 3; c++) {
                    pixels[(y * width + x) * 3 + c] = (byte) Math.min(255, (int) value[c]);
                }
            }
        }
        return new RgbImage(height, width, pixels);
    }

    /** The same picture, each value moved by at most {@code most}. */
    public static RgbImage noisy(RgbImage image, int most, long seed) {
        Random random = new Random(seed);
        byte[] pixels = image.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            int value = (pixels[i] & 0xff) + random.nextInt(2 * most + 1) - most;
            pixels[i] = (byte) Math.max(0, Math.min(255, value));
        }
        return new RgbImage(image.height(), image.width(), pixels);
    }

    /** Writes a PNG, with the folders above it. */
    public static Path write(Path file, RgbImage image) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, Png.encode(image));
    }

    /** A ustar archive with one more file. */
    public static void member(ByteArrayOutputStream tar, String name, byte[] content) {
        member(tar, name, '0', content);
    }

    static void member(ByteArrayOutputStream tar, String name, char type, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 124, String.format("%011o\0", content.length));
        put(header, 136, "00000000000\0");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
    }

    /** The archive with its end mark. */
    public static byte[] end(ByteArrayOutputStream tar) {
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
