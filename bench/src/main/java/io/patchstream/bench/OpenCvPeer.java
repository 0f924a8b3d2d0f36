package io.patchstream.bench;

import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import com.google.errorprone.annotations.MustBeClosed;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * What most programs do: OpenCV's decoder and {@code INTER_AREA}, the nearest of its kernels to an antialiased resize (36 dB
 * from Pillow's pixels, where ours are equal). On one thread, like all that is measured here.
 */
final class OpenCvPeer implements AutoCloseable {
    private final Mat decoded = new Mat();
    private final Mat small = new Mat();
    private final Size size;

    @MustBeClosed
    OpenCvPeer(int side) {
        opencv_core.setNumThreads(1);
        size = new Size(side, side);
    }

    /** Decodes and resizes; the pixels stay in native memory. */
    void decode(byte[] encoded) {
        try (BytePointer pointer = new BytePointer(encoded);
                Mat bytes = new Mat(1, encoded.length, opencv_core.CV_8UC1, pointer);
                Mat result = imdecode(bytes, IMREAD_COLOR_RGB, decoded)) {
            resize(result, small, size, 0, 0, INTER_AREA);
        }
    }

    @Override
    public void close() {
        decoded.close();
        small.close();
        size.close();
    }
}
