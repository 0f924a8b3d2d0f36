package io.patchstream.vision.video;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a video is, as FFmpeg wants to hear it.
 *
 * @param url what to open
 * @param format FFmpeg's name of the input format, when the address decides it and not the content
 * @param live whether it flows by itself and is gone when not read: a camera, not a file
 * @param options FFmpeg's options for it
 */
public record VideoAddress(String url, Optional<String> format, boolean live, Map<String, String> options) {
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)\\b(user|username|usr|login|password|passwd|pass|pwd|token|auth|key)=[^&#]*");

    public VideoAddress {
        requireNonNull(url, "url");
        requireNonNull(format, "format");
        options = Map.copyOf(options);
    }

    /**
     * The address that a user types: a path or {@code file:} URI, {@code rtsp:}, {@code http(s):} (HLS when it ends in
     * {@code .m3u8}), {@code webcam:N} (or {@code webcam:DEVICE}, {@code /dev/videoN}), or {@code lavfi:GRAPH}, FFmpeg's
     * generated pictures, such as {@code lavfi:testsrc=size=640x480:rate=15}.
     */
    public static VideoAddress parse(String text) {
        String scheme =
                text.contains(":") ? text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT) : "";
        String rest = text.substring(text.indexOf(':') + 1);
        return switch (scheme) {
            case "rtsp", "rtsps" ->
                new VideoAddress(text, Optional.empty(), true, Map.of("rtsp_transport", "tcp", "fflags", "nobuffer"));
            case "http", "https" -> new VideoAddress(text, Optional.empty(), isPlaylist(rest), Map.of());
            case "rtmp", "udp", "srt", "tcp" -> new VideoAddress(text, Optional.empty(), true, Map.of());
            case "webcam" -> webcam(rest);
            case "lavfi" -> new VideoAddress(rest, Optional.of("lavfi"), false, Map.of());
            case "file" -> file(rest.startsWith("//") ? rest.replaceFirst("^//[^/]*", "") : rest);
            default -> text.startsWith("/dev/video") ? webcam(text) : file(text);
        };
    }

    /** A file; its content decides the format. */
    public static VideoAddress of(Path file) {
        return file(file.toString());
    }

    private static VideoAddress file(String path) {
        // With the protocol before it, a name like "rtsp:x.mp4" is a name.
        return new VideoAddress("file:" + path, Optional.empty(), false, Map.of());
    }

    private static boolean isPlaylist(String url) {
        return url.replaceFirst("[?#].*", "").toLowerCase(Locale.ROOT).endsWith(".m3u8");
    }

    private static VideoAddress webcam(String device) {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        boolean number = device.chars().allMatch(Character::isDigit) && !device.isEmpty();
        if (os.startsWith("mac")) {
            return new VideoAddress(device, Optional.of("avfoundation"), true, Map.of("framerate", "30"));
        }
        if (os.startsWith("windows")) {
            return new VideoAddress("video=" + device, Optional.of("dshow"), true, Map.of());
        }
        return new VideoAddress(number ? "/dev/video" + device : device, Optional.of("v4l2"), true, Map.of());
    }

    /** Whether FFmpeg reads it by one of its devices, a webcam's or its own painter's. */
    boolean isDevice() {
        return format.isPresent();
    }

    /** Whether it is reached over a network. */
    boolean isNetwork() {
        return format.isEmpty() && url.contains("://");
    }

    /** Such as {@code rtsp}; {@code file} for a file. */
    String scheme() {
        return url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
    }

    /**
     * The address without user and password, for messages. Up to the last {@code @}, since a password that should have been
     * percent-encoded may hold another; and without the parameters that some cameras want them in.
     */
    @Override
    public String toString() {
        return isNetwork()
                ? PARAMETER.matcher(url.replaceFirst("://.*@", "://…@")).replaceAll("$1=…")
                : url;
    }
}
