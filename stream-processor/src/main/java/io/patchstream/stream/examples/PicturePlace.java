package io.patchstream.stream.examples;

import io.patchstream.stream.publish.SourcePosition;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One picture of the log. As a manifest writes it, {@code kafka:topic/partition/offset}, the picture aside.
 *
 * @param source the frame's record
 * @param picture which picture of it, from 0
 */
record PicturePlace(SourcePosition source, int picture) {
    private static final Pattern URI = Pattern.compile("kafka:([a-zA-Z0-9._-]{1,249})/([0-9]{1,9})/([0-9]{1,18})");

    /** The frame's record that a uri names; empty when it is no uri of a frame. */
    static Optional<SourcePosition> parse(String uri) {
        Matcher matcher = URI.matcher(uri);
        return matcher.matches()
                ? Optional.of(new SourcePosition(
                        matcher.group(1), Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3))))
                : Optional.empty();
    }

    String uri() {
        return "kafka:" + source.topic() + "/" + source.partition() + "/" + source.offset();
    }

    /** As the key of a correction says it. */
    String correctionKey() {
        return correctionKey(source.topic() + ":" + source.partition() + ":" + source.offset());
    }

    /** The same by the frame's id. */
    String correctionKey(String frame) {
        return picture == 0 ? frame : frame + "#" + picture;
    }
}
