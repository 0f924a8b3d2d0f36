package io.patchstream.stream.engine;

import io.patchstream.vision.model.GoldenFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A models folder, and the tiny models that come into it: ViTs of random weights, 32 x 32 pixels. */
public record TinyFolder(Path path) {
    /** Where {@code tiny-<precision>.onnx} lies, its golden frames beside it. */
    public static Path original(String precision) {
        try {
            return Path.of(TinyFolder.class
                    .getResource("/models/tiny-" + precision + ".onnx")
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The golden frames first, then the model by a rename, as docs/models.md says. */
    public Path put(String name, String precision) throws IOException {
        Path model = path.resolve(name + ".onnx");
        Files.copy(
                GoldenFrames.beside(original(precision)),
                GoldenFrames.beside(model),
                StandardCopyOption.REPLACE_EXISTING);
        Path hidden = path.resolve("." + name + ".onnx");
        Files.copy(original(precision), hidden, StandardCopyOption.REPLACE_EXISTING);
        return Files.move(hidden, model, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes {@code current}. */
    public void choose(String name) throws IOException {
        Files.writeString(path.resolve(ModelFolder.CURRENT), name + "\n");
    }

    /** The smallest graph of one operator. */
    static byte[] graphOf(String operator) {
        return field(7, field(1, field(4, operator.getBytes(StandardCharsets.US_ASCII))));
    }

    private static byte[] field(int number, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(number << 3 | 2);
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }
}
