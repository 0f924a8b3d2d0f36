package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchMemory.Part;
import io.patchstream.stream.flight.BatchRunner;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxRunnerTest {
    private static final int BYTES = 32 * 32 * 3;

    private final BatchMemory memory = new BatchMemory();

    @Test
    void shouldReadAPictureThatTravelsAloneFromWhereItLies() throws Exception {
        run(List.of(picture(ByteBuffer.allocateDirect(BYTES))));
        assertThat(gathered(0)).isZero();
    }

    @Test
    void shouldGatherSeveral() throws Exception {
        run(List.of(picture(ByteBuffer.allocateDirect(BYTES)), picture(ByteBuffer.allocateDirect(BYTES))));
        assertThat(gathered(0)).isEqualTo(7);
        assertThat(gathered(1)).isEqualTo(7);
    }

    @Test
    void shouldGatherAPictureThatLiesOnTheHeap() throws Exception {
        run(List.of(picture(ByteBuffer.allocate(BYTES))));
        assertThat(gathered(0)).isEqualTo(7);
    }

    /** The second was seen on a GPU that another process had filled. */
    @Test
    void shouldTellALackOfMemoryFromOtherFailures() {
        assertThat(OnnxRunner.isOutOfMemory("Failed to allocate memory for requested buffer of size 77463552"))
                .isTrue();
        assertThat(OnnxRunner.isOutOfMemory("CUBLAS failure 3: the resource allocation failed ; GPU=0 ;"
                        + " expr=cublasCreate(&cublas_handle_);"))
                .isTrue();
        assertThat(OnnxRunner.isOutOfMemory("CUDA failure 700: an illegal memory access was encountered"))
                .isFalse();
    }

    private void run(List<ByteBuffer> pictures) throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings());
                BatchRunner runner = model.newRunner(2, memory)) {
            assertThat(runner.run(pictures)).hasSize(pictures.size());
        }
    }

    /** The first byte of a place in the memory that batches are gathered in; 0 where nothing was. */
    private int gathered(int place) {
        return memory.atLeast(Part.PIXELS, 2 * BYTES).get(place * BYTES);
    }

    private static ByteBuffer picture(ByteBuffer pixels) {
        for (int i = 0; i < pixels.capacity(); i++) {
            pixels.put(i, (byte) (7 + i % 100));
        }
        return pixels;
    }
}
