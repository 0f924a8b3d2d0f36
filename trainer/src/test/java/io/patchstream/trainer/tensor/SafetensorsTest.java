package io.patchstream.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        tensors.put("b", HostTensor.of(new float[] {1, -2.5f, Float.MIN_VALUE, 3e38f, 0, -0f}, 2, 3));
        tensors.put("a", HostTensor.of(new float[] {7}));
        float[] large = new float[200_001];
        large[200_000] = 9;
        tensors.put("large", HostTensor.of(large, large.length));

        Safetensors.write(folder.resolve("t.safetensors"), tensors);
        Map<String, HostTensor> read = Safetensors.read(folder.resolve("t.safetensors"));

        assertThat(read.keySet()).containsExactly("b", "a", "large");
        assertThat(read.get("b").shape()).containsExactly(2, 3);
        assertThat(read.get("b").values()).containsExactly(tensors.get("b").values());
        assertThat(read.get("a").shape()).isEmpty();
        assertThat(read.get("large").values()).containsExactly(large);
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void shouldReadAFileOfTheFormatsOwnExample() throws IOException {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"w\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                + "\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length)
                .put(json)
                .putShort((short) 0x3FC0)
                .putShort((short) 0xC000)
                .putFloat(4.25f);
        Path file = Files.write(folder.resolve("example.safetensors"), bytes.array());

        Map<String, HostTensor> read = Safetensors.read(file);

        assertThat(read.get("w").values()).containsExactly(1.5f, -2f);
        assertThat(read.get("v").values()).containsExactly(4.25f);
    }

    @Test
    void shouldNameTheFileThatIsCutShort() throws IOException {
        Path file = folder.resolve("cut.safetensors");
        Safetensors.write(file, Map.of("w", HostTensor.of(new float[1000], 1000)));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut.safetensors")
                .hasMessageContaining("cut short");
    }

    @Test
    void shouldRefuseAFileOfAnotherFormat() throws IOException {
        Path file = Files.write(folder.resolve("other"), new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, 0});

        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("no safetensors file");
    }
}
