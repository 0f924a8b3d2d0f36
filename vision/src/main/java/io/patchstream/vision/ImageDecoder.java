package io.patchstream.vision;

import static java.util.Objects.requireNonNull;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.transpose;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_ANYDEPTH;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_GRAYSCALE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2RGB;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.ImageHeader;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes still pictures, JPEG, PNG, WebP and BMP, to upright RGB: bit for bit what Pillow 13.0 gives for
 * {@code ImageOps.exif_transpose(Image.open(f)).convert("RGB")}. So grey is repeated, alpha and transparency are dropped,
 * inks are mixed without a colour profile, and 16-bit grey is cut off at 255.
 *
 * <p>Belongs to one thread. Keeps the native memory of the largest picture so far, until it is closed.
 */
public final class ImageDecoder implements AutoCloseable {
    private final DecodeLimits limits;
    private final Mat stored = new Mat();
    private final Mat turned = new Mat();
    private BytePointer encoded = new BytePointer(1 << 16);
    private boolean closed;

    @MustBeClosed
    public ImageDecoder(DecodeLimits limits) {
        this.limits = requireNonNull(limits, "limits");
    }

    /**
     * Decodes in full.
     *
     * @param picture the encoded bytes from position to limit; position and limit stay
     */
    public RgbImage decode(ByteBuffer picture) throws UndecodableException {
        return rows(picture, header(picture), 1).copy();
    }

    /** Decodes in full. */
    public RgbImage decode(byte[] picture) throws UndecodableException {
        return decode(ByteBuffer.wrap(picture));
    }

    /** What the picture says of itself, checked against the limits. */
    ImageHeader header(ByteBuffer picture) throws UndecodableException {
        limits.checkBytes(picture.remaining());
        PictureFormat format = PictureFormat.tell(picture)
                .filter(PictureFormat::isStill)
                .orElseThrow(() -> new UndecodableException(
                        Code.UNSUPPORTED, "the bytes do not begin like a picture: send JPEG, PNG, WebP or BMP"));
        return header(picture, format);
    }

    /** What a picture of a known format says of itself, checked against the limits. */
    ImageHeader header(ByteBuffer picture, PictureFormat format) throws UndecodableException {
        limits.checkBytes(picture.remaining());
        ImageHeader header = ImageHeader.read(picture, format);
        limits.checkPixels(header.height(), header.width());
        return header;
    }

    /**
     * Decodes to native memory that this decoder owns: the rows can be read until the next call.
     *
     * @param divisor by what a JPEG's sides are divided: 1, 2, 4 or 8
     */
    PixelRows rows(ByteBuffer picture, ImageHeader header, int divisor) throws UndecodableException {
        switch (header.samples()) {
            case ORDINARY -> readOrdinary(picture, header, divisor);
            case GREY_16 -> readGrey(picture, header);
            case RGB_555 -> readHighColour(picture, header, 31);
            case RGB_565 -> readHighColour(picture, header, 63);
            case CMYK, YCCK -> readInks(picture, header);
        }
        return new MatRows(upright(header));
    }

    private void readOrdinary(ByteBuffer picture, ImageHeader header, int divisor) throws UndecodableException {
        int reduction = switch (divisor) {
            case 1 -> 0;
            case 2 -> IMREAD_REDUCED_GRAYSCALE_2;
            case 4 -> IMREAD_REDUCED_GRAYSCALE_4;
            case 8 -> IMREAD_REDUCED_GRAYSCALE_8;
            default -> throw new IllegalArgumentException("divisor " + divisor + " is not 1, 2, 4 or 8");
        };
        read(picture, header, IMREAD_COLOR_RGB | reduction, divisor);
    }

    /** Pillow cuts values above 255 off, and so does the conversion to 8 bits. */
    private void readGrey(ByteBuffer picture, ImageHeader header) throws UndecodableException {
        read(picture, header, IMREAD_ANYDEPTH | IMREAD_GRAYSCALE, 1);
        stored.convertTo(turned, CV_8UC1);
        cvtColor(turned, stored, COLOR_GRAY2RGB);
    }

    /** OpenCV leaves the low bits zero; Pillow scales so that full is 255. */
    private void readHighColour(ByteBuffer picture, ImageHeader header, int fullGreen) throws UndecodableException {
        read(picture, header, IMREAD_COLOR_RGB, 1);
        byte[] rgb = new MatRows(stored).copy().pixels();
        for (int i = 0; i < rgb.length; i++) {
            int full = i % 3 == 1 ? fullGreen : 31;
            rgb[i] = (byte) ((rgb[i] & 0xff) * (full + 1) / 256 * 255 / full);
        }
        stored.data().put(rgb);
    }

    private void readInks(ByteBuffer picture, ImageHeader header) throws UndecodableException {
        byte[] bytes = new byte[picture.remaining()];
        picture.get(picture.position(), bytes);
        byte[] rgb = InkJpeg.decode(bytes, header);
        stored.create(header.height(), header.width(), CV_8UC3);
        stored.data().put(rgb);
    }

    private void read(ByteBuffer picture, ImageHeader header, int flags, int divisor) throws UndecodableException {
        int length = copyIn(picture, header.format());
        try (Mat bytes = new Mat(1, length, CV_8UC1, encoded);
                Mat result = imdecode(bytes, flags | IMREAD_IGNORE_ORIENTATION, stored)) {
            if (result.empty()) {
                throw corrupt(header, "its pixels cannot be decoded", null);
            }
        } catch (RuntimeException e) {
            throw corrupt(header, "its pixels cannot be decoded: " + e.getMessage(), e);
        }
        if (stored.rows() != DecodeScale.reduced(header.height(), divisor)
                || stored.cols() != DecodeScale.reduced(header.width(), divisor)) {
            throw corrupt(header, "its pixels are not what its header announces", null);
        }
    }

    /** How many bytes are to be decoded. */
    private int copyIn(ByteBuffer picture, PictureFormat format) {
        int length = picture.remaining();
        if (encoded.capacity() < length) {
            encoded.close();
            encoded = new BytePointer(length + length / 2L);
        }
        ByteBuffer into = encoded.asByteBuffer();
        if (format == PictureFormat.PNG) {
            return StillPng.copy(picture, into);
        }
        into.put(0, picture, picture.position(), length);
        return length;
    }

    private Mat upright(ImageHeader header) {
        int exif = header.orientation().exif();
        if (exif == 1) {
            return stored;
        }
        Mat from = stored;
        if (header.orientation().swapsSides()) {
            transpose(stored, turned);
            from = turned;
        }
        switch (exif) {
            case 2, 6 -> flip(from, turned, 1);
            case 3, 7 -> flip(from, turned, -1);
            case 4, 8 -> flip(from, turned, 0);
            default -> {
                // 5 is transposed and nothing more.
            }
        }
        return turned;
    }

    private static UndecodableException corrupt(ImageHeader header, String what, RuntimeException cause) {
        return new UndecodableException(Code.CORRUPT, "the " + header.format() + " is corrupt: " + what, cause);
    }

    /** Frees the native memory; rows that were handed out must not be read any more. May be called twice. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        encoded.close();
        turned.close();
        stored.close();
    }

    /** The rows of a native matrix of 8-bit RGB. */
    private static final class MatRows implements PixelRows {
        private final int height;
        private final int width;
        private final ByteBuffer pixels;
        private final long stride;

        MatRows(Mat rgb) {
            height = rgb.rows();
            width = rgb.cols();
            stride = rgb.step(0);
            pixels = rgb.data().capacity(stride * (height - 1) + width * 3L).asByteBuffer();
        }

        @Override
        public int height() {
            return height;
        }

        @Override
        public int width() {
            return width;
        }

        @Override
        public void read(int row, int column, int columns, byte[] into, int at) {
            pixels.get((int) (row * stride + column * 3L), into, at, columns * 3);
        }
    }
}
