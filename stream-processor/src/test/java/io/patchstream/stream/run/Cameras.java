package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Pictures that cameras of a test send: small JPEGs, and now and then something that is none. */
final class Cameras {
    private static final int KINDS = 16;

    private final List<byte[]> pictures =
            IntStream.range(0, KINDS).mapToObj(Cameras::jpeg).toList();

    /** The payload of frame {@code number}; null for a record that is no frame at all. */
    byte[] payload(int number) {
        if (number % 100 == 13) {
            return null;
        } else if (isBroken(number)) {
            return ("BAD picture " + number).getBytes(UTF_8);
        }
        return pictures.get(number % KINDS);
    }

    /** Whether frame {@code number} must become a dead letter. */
    static boolean isBroken(int number) {
        return number % 100 == 13 || number % 100 == 57;
    }

    private static byte[] jpeg(int seed) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(48, 40, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (int i = 0; i < 6; i++) {
            graphics.setColor(new Color(random.nextInt(1 << 24)));
            graphics.fillOval(random.nextInt(40), random.nextInt(32), 4 + random.nextInt(20), 4 + random.nextInt(20));
        }
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "jpeg", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
