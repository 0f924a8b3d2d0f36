package io.patchstream.vision.child;

import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.util.List;

/**
 * What a decoder is made of, as it stands in a child's command line.
 *
 * @param preprocessing what its pictures become
 * @param limits what is too large
 * @param scale how much of a JPEG's resolution is decoded
 */
public record DecoderStart(Preprocessing preprocessing, DecodeLimits limits, DecodeScale scale) {

    /** As arguments of {@link DecoderProcess}. */
    public List<String> arguments() {
        return List.of(
                preprocessing.resize().name(),
                Integer.toString(preprocessing.resizeTo()),
                Integer.toString(preprocessing.height()),
                Integer.toString(preprocessing.width()),
                preprocessing.interpolation().name(),
                Boolean.toString(preprocessing.antialias()),
                Integer.toString(limits.maxBytes()),
                Long.toString(limits.maxPixels()),
                Integer.toString(limits.maxPictures()),
                scale.name());
    }

    /** From {@link #arguments()}. */
    public static DecoderStart parse(String... arguments) {
        return new DecoderStart(
                new Preprocessing(
                        Resize.valueOf(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]),
                        Interpolation.valueOf(arguments[4]),
                        Boolean.parseBoolean(arguments[5])),
                new DecodeLimits(
                        Integer.parseInt(arguments[6]), Long.parseLong(arguments[7]), Integer.parseInt(arguments[8])),
                DecodeScale.valueOf(arguments[9]));
    }
}
