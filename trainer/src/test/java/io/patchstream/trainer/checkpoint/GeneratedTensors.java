package io.patchstream.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.patchstream.trainer.tensor.HostTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;

/** Checkpoints whose values a formula gives, as in {@code src/test/oracle/make_resnets.py}; only names and shapes are kept. */
final class GeneratedTensors {
    private GeneratedTensors() {}

    static Checkpoint checkpoint(Path shapes) throws IOException {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        JsonNode json = new JsonMapper().readTree(shapes.toFile());
        json.fields().forEachRemaining(entry -> {
            long[] shape = StreamSupport.stream(entry.getValue().spliterator(), false)
                    .mapToLong(JsonNode::asLong)
                    .toArray();
            tensors.put(entry.getKey(), drawn(entry.getKey(), shape));
        });
        return new Checkpoint(tensors, MissingNode.getInstance(), MissingNode.getInstance(), "0".repeat(64));
    }

    static byte[] pixels(int count) {
        byte[] pixels = new byte[count];
        double[] values = uniform("pixels", count);
        for (int i = 0; i < count; i++) {
            pixels[i] = (byte) (int) Math.floor((values[i] + 0.5) * 256);
        }
        return pixels;
    }

    private static HostTensor drawn(String name, long[] shape) {
        boolean norm =
                name.endsWith("scale") || name.endsWith("gamma") || name.contains("norm") && name.endsWith("weight");
        double[] from = uniform(name, Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b)));
        float[] values = new float[from.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (from[i] * (shape.length > 1 ? 0.5 : 0.2) + (norm ? 1 : 0));
        }
        return new HostTensor(shape, values);
    }

    private static double[] uniform(String name, int count) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            long x = i * 2654435761L + crc.getValue() & 0xFFFFFFFFL;
            x = (x ^ x >>> 15) * 0x85EBCA6BL & 0xFFFFFFFFL;
            x = (x ^ x >>> 13) * 0xC2B2AE35L & 0xFFFFFFFFL;
            values[i] = x / 4294967296.0 - 0.5;
        }
        return values;
    }
}
