package io.patchstream.stream.page;

import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.PictureDecoder;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What a model saw of a frame, made once more: the same decoder makes the same bits. */
final class ModelInput {
    private ModelInput() {}

    /** Of the frame's first picture. */
    static RgbImage of(ByteBuffer frame, Preprocessing preprocessing, DecodeScale scale) throws UndecodableException {
        ByteBuffer pixels = ByteBuffer.allocate(preprocessing.byteSize());
        ByteBuffer others = ByteBuffer.allocate(preprocessing.byteSize());
        int[] count = {0};
        try (PictureDecoder decoder = new PictureDecoder(preprocessing, DecodeLimits.defaults(), scale)) {
            decoder.decode(frame, Optional.empty(), () -> count[0]++ == 0 ? pixels : others.clear());
        }
        return new RgbImage(preprocessing.height(), preprocessing.width(), pixels.array());
    }
}
