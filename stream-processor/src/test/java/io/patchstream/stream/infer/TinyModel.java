package io.patchstream.stream.infer;

import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.GoldenFrames;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The tiny models that the trainer's exporter wrote: ViTs of random weights, 32 x 32 pixels. */
final class TinyModel {
    private TinyModel() {}

    /** {@code tiny-<precision>.onnx}, its golden frames beside it. */
    static Path path(String precision) {
        try {
            return Path.of(TinyModel.class
                    .getResource("/models/tiny-" + precision + ".onnx")
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A copy of the float model in a folder, with its golden frames. */
    static Path copyTo(Path folder) throws IOException {
        Path model = Files.copy(path("fp32"), folder.resolve("model.onnx"));
        Files.copy(GoldenFrames.beside(path("fp32")), GoldenFrames.beside(model));
        return model;
    }

    /** Changes a text within the file for another of the same length. */
    static void change(Path model, String from, String to) throws IOException {
        String bytes = Files.readString(model, StandardCharsets.ISO_8859_1);
        if (!bytes.contains(from) || from.length() != to.length()) {
            throw new IllegalArgumentException(from + " cannot become " + to);
        }
        Files.writeString(model, bytes.replace(from, to), StandardCharsets.ISO_8859_1);
    }

    /** Exact pixels, one thread per batch, five labels, on the CPU. */
    static SessionSettings settings() {
        return new SessionSettings(Provider.CPU, 1, true, 5, DecodeScale.FULL);
    }

    /** So many of random pixels, the same each time. */
    static List<ByteBuffer> pictures(int count) {
        Random random = new Random(3);
        List<ByteBuffer> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[32 * 32 * 3];
            random.nextBytes(pixels);
            pictures.add(ByteBuffer.allocateDirect(pixels.length).put(pixels).flip());
        }
        return pictures;
    }

    /** Of pictures that were answered, each; none may be refused. */
    static List<float[]> embeddings(List<PictureAnswer> answers) {
        List<float[]> embeddings = new ArrayList<>();
        for (PictureAnswer answer : answers) {
            answer.accept(
                    prediction -> {
                        float[] values = new float[prediction.dim()];
                        for (int d = 0; d < values.length; d++) {
                            values[d] = prediction.embedding(d);
                        }
                        embeddings.add(values);
                    },
                    refused -> {
                        throw new AssertionError(refused.toString());
                    });
        }
        return embeddings;
    }
}
