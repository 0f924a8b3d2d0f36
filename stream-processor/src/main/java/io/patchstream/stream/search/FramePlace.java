package io.patchstream.stream.search;

import io.patchstream.stream.publish.SourcePosition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code TOPIC:PARTITION:OFFSET}. */
final class FramePlace implements ITypeConverter<SourcePosition> {
    private static final Pattern SYNTAX = Pattern.compile("([a-zA-Z0-9._-]{1,249}):([0-9]{1,9}):([0-9]{1,18})");

    @Override
    public SourcePosition convert(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no place of a frame; it must be TOPIC:PARTITION:OFFSET, such as"
                            + " patchstream.frames:0:1234");
        }
        return new SourcePosition(
                matcher.group(1), Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }
}
