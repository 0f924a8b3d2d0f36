package io.patchstream.vision.encoded;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the stored pixels must be turned to stand upright: EXIF tag 0x0112.
 *
 * @param exif 1 to 8; 1 is upright, 5 to 8 swap the sides
 */
public record Orientation(int exif) {
    /** As stored. */
    public static final Orientation UPRIGHT = new Orientation(1);

    private static final int TAG = 0x0112;
    private static final Pattern IN_XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

    public Orientation {
        if (exif < 1 || exif > 8) {
            throw new IllegalArgumentException("EXIF orientation " + exif + " is not 1 to 8");
        }
    }

    /** Whether height and width change places. */
    public boolean swapsSides() {
        return exif >= 5;
    }

    /** As Pillow takes it: a value that is not 1 to 8 means upright. */
    private static Orientation of(int exif) {
        return exif >= 1 && exif <= 8 ? new Orientation(exif) : UPRIGHT;
    }

    /**
     * The orientation in an EXIF block, which is a TIFF file of its own.
     *
     * @param tiff from the byte order mark on
     * @return null when it states none, or makes no sense: a picture is not refused for its metadata
     */
    static Orientation inExif(ByteBuffer tiff) {
        ByteBuffer bytes = tiff.slice();
        if (bytes.remaining() < 8) {
            return null;
        }
        int mark = bytes.getShort(0);
        if (mark != 0x4949 && mark != 0x4D4D) {
            return null;
        }
        bytes.order(mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = bytes.getInt(4) & 0xFFFFFFFFL;
        if (directory + 2 > bytes.limit()) {
            return null;
        }
        int entries = bytes.getShort((int) directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + 12L * i;
            if (entry + 12 > bytes.limit()) {
                return null;
            }
            int at = (int) entry;
            if ((bytes.getShort(at) & 0xffff) == TAG) {
                return switch (bytes.getShort(at + 2)) {
                    case 1 -> of(bytes.get(at + 8));
                    case 3 -> of(bytes.getShort(at + 8) & 0xffff);
                    case 4 -> of(bytes.getInt(at + 8));
                    default -> null;
                };
            }
        }
        return null;
    }

    /** The orientation in an XMP packet, which Pillow reads where EXIF states none; null when it states none. */
    static Orientation inXmp(ByteBuffer xmp) {
        Matcher matcher = IN_XMP.matcher(StandardCharsets.ISO_8859_1.decode(xmp.slice()));
        return matcher.find() ? of(Integer.parseInt(matcher.group(1))) : null;
    }

    /** EXIF's, else XMP's, else upright. */
    static Orientation of(Orientation exif, Orientation xmp) {
        return exif != null ? exif : xmp != null ? xmp : UPRIGHT;
    }
}
