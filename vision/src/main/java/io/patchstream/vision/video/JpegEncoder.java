package io.patchstream.vision.video;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import io.patchstream.vision.RgbImage;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** Makes baseline JPEGs, 4:2:0, with libjpeg-turbo. Keeps its native memory from picture to picture; used by one thread. */
public final class JpegEncoder implements AutoCloseable {
    private final IntPointer parameters;
    private BytePointer pixels = new BytePointer();
    private boolean closed;

    /**
     * An encoder; the caller closes it.
     *
     * @param quality 1 to 100; 90 is good
     */
    public JpegEncoder(int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("JPEG quality is " + quality + "; it must be 1 to 100");
        }
        parameters = new IntPointer(IMWRITE_JPEG_QUALITY, quality);
    }

    /** The picture as a JPEG file. */
    public byte[] encode(RgbImage image) throws VideoException {
        if (closed) {
            throw new VideoException("the JPEG encoder is closed");
        }
        byte[] bgr = swapped(image.pixels());
        if (pixels.capacity() < bgr.length) {
            pixels.close();
            pixels = new BytePointer(bgr.length);
        }
        pixels.put(bgr);
        try (Mat mat = new Mat(image.height(), image.width(), CV_8UC3, pixels);
                BytePointer jpeg = new BytePointer()) {
            if (!imencode(".jpg", mat, jpeg, parameters)) {
                throw new VideoException(
                        "OpenCV would not encode a picture of " + image.width() + " x " + image.height() + " as JPEG");
            }
            byte[] bytes = new byte[Math.toIntExact(jpeg.limit())];
            jpeg.get(bytes);
            return bytes;
        }
    }

    /** OpenCV's pixels are blue, green, red. */
    private static byte[] swapped(byte[] rgb) {
        byte[] bgr = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        return bgr;
    }

    /** May be called twice. */
    @Override
    public void close() {
        closed = true;
        pixels.close();
        parameters.close();
    }
}
