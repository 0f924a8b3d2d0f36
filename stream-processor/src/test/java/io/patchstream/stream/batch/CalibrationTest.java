package io.patchstream.stream.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.PictureAnswer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private final ServiceCurve curve = new ServiceCurve(64);

    @Test
    void shouldFindTheSizeThatPaysBehindOneThatDoesNot() throws Exception {
        // As wide vectors have it: the fourth picture is nearly free, the second is not.
        Device device = new Device(size -> size == 1 ? 10 : size == 2 ? 20 : 22 * ((size + 3) / 4));
        Calibration.run(device, 3, 64, curve, device::now);
        assertThat(curve.best(64)).isEqualTo(4);
        assertThat(device.largest).isEqualTo(16);
    }

    @Test
    void shouldNotGoOnWhereBatchesPayNothing() throws Exception {
        Device device = new Device(size -> 10L * size);
        Calibration.run(device, 3, 64, curve, device::now);
        assertThat(curve.best(64)).isEqualTo(1);
        assertThat(device.largest).isEqualTo(4);
    }

    /** Its clock goes on when it runs, and not otherwise. */
    private static final class Device implements BatchRunner {
        private final IntToLongFunction millis;
        private long nanos;
        private int largest;

        private Device(IntToLongFunction millis) {
            this.millis = millis;
        }

        private long now() {
            return nanos;
        }

        @Override
        public List<PictureAnswer> run(List<ByteBuffer> pictures) {
            largest = Math.max(largest, pictures.size());
            nanos += millis.applyAsLong(pictures.size()) * 1_000_000;
            return new ArrayList<>();
        }

        @Override
        public void runCanary() {
            run(List.of(ByteBuffer.allocate(3)));
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
