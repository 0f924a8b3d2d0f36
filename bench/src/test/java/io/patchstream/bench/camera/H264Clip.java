package io.patchstream.bench.camera;

import io.patchstream.vision.RgbImage;
import io.patchstream.vision.video.SegmentEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A closed group of H.264 pictures as RTP carries it (RFC 6184): NAL units without start codes.
 *
 * @param pictures the NAL units of each picture, parameter sets before the first
 */
record H264Clip(List<List<byte[]>> pictures) {
    private static final int SIDE = 96;
    private static final int SEQUENCE_PARAMETERS = 7;
    private static final int PICTURE_PARAMETERS = 8;

    /** So many grey pictures, each lighter than the one before. */
    static H264Clip of(int pictures) throws IOException {
        List<RgbImage> images = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            byte[] pixels = new byte[SIDE * SIDE * 3];
            Arrays.fill(pixels, (byte) (40 + i * 10));
            images.add(new RgbImage(SIDE, SIDE, pixels));
        }
        try (SegmentEncoder encoder = new SegmentEncoder(SIDE, SIDE, 10, 26)) {
            return new H264Clip(split(encoder.encode(images)));
        }
    }

    /** The parameter sets, as a session description has them. */
    String parameterSets() {
        return unit(SEQUENCE_PARAMETERS) + "," + unit(PICTURE_PARAMETERS);
    }

    private String unit(int type) {
        return pictures.get(0).stream()
                .filter(unit -> type(unit) == type)
                .map(Base64.getEncoder()::encodeToString)
                .findFirst()
                .orElseThrow();
    }

    private static int type(byte[] unit) {
        return unit[0] & 31;
    }

    /** Annex B: units behind 00 00 01; a picture begins with the slice whose first macroblock is 0. */
    private static List<List<byte[]>> split(byte[] stream) {
        List<List<byte[]>> pictures = new ArrayList<>();
        List<byte[]> current = new ArrayList<>();
        boolean hasSlice = false;
        for (byte[] unit : units(stream)) {
            boolean slice = type(unit) == 1 || type(unit) == 5;
            if (hasSlice && (!slice || unit[1] < 0)) {
                pictures.add(current);
                current = new ArrayList<>();
                hasSlice = false;
            }
            hasSlice |= slice;
            current.add(unit);
        }
        pictures.add(current);
        return pictures;
    }

    private static List<byte[]> units(byte[] stream) {
        List<byte[]> units = new ArrayList<>();
        int begin = -1;
        for (int i = 0; i + 3 <= stream.length; i++) {
            if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
                add(stream, begin, i, units);
                begin = i + 3;
            }
        }
        add(stream, begin, stream.length, units);
        return units;
    }

    private static void add(byte[] stream, int begin, int end, List<byte[]> units) {
        int last = end;
        while (begin >= 0 && last > begin && stream[last - 1] == 0) {
            last--;
        }
        if (begin >= 0 && last > begin) {
            units.add(Arrays.copyOfRange(stream, begin, last));
        }
    }
}
