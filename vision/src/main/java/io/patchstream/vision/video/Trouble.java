package io.patchstream.vision.video;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_FORBIDDEN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_UNAUTHORIZED;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;

import java.time.Duration;

/** What an error of FFmpeg's means to whoever owns the camera, and what to do. */
final class Trouble {
    private Trouble() {}

    /** Why {@code address} could not be opened. */
    static VideoException opening(VideoAddress address, int code) {
        return new VideoException(
                "cannot open " + address + ": " + (address.isNetwork() ? why(address, code) : LibAv.explain(code)),
                isLogin(code));
    }

    /** It could not be opened in time. */
    static VideoException noAnswerWithin(VideoAddress address, Duration patience) {
        return new VideoException("cannot open " + address + ": no answer within " + seconds(patience)
                + (address.isNetwork() ? "; is the camera on, is the address right, can this machine reach it?" : ""));
    }

    /** It could not be read on in time. */
    static VideoException noPictureFor(VideoAddress address, Duration patience) {
        return new VideoException("cannot read " + address + ": no picture for " + seconds(patience));
    }

    private static boolean isLogin(int code) {
        return code == AVERROR_HTTP_UNAUTHORIZED() || code == AVERROR_HTTP_FORBIDDEN();
    }

    private static String why(VideoAddress address, int code) {
        String words = LibAv.explain(code);
        if (isLogin(code)) {
            return address.url().contains("@")
                    ? "it refuses user or password; they stand before the @, and an @, :, / or % within them is written"
                            + " %40, %3A, %2F or %25"
                    : "it wants a login, which goes before the host: " + address.scheme() + "://USER:PASSWORD@HOST/...";
        }
        if (code == AVERROR_HTTP_NOT_FOUND()) {
            return "there is no stream of this path; the camera's manual has the right one";
        }
        if (code == AVERROR_INVALIDDATA() || code == AVERROR_EOF()) {
            return words
                    + (address.scheme().startsWith("rtsp")
                            ? "; what answers there does not speak RTSP, or ended at once"
                            : "; what answers there is no video");
        }
        return switch (words) {
            case "Connection refused" ->
                "nothing listens there; is the port right, and is the camera's stream enabled?";
            case "No route to host", "Network is unreachable", "Connection timed out" ->
                words + "; is the camera on, and in a network that this machine reaches?";
            // What FFmpeg says of a host name that nobody knows.
            case "Input/output error" -> "the host is not known here, or the connection broke; is its name right?";
            default -> words;
        };
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
