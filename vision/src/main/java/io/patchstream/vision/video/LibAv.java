package io.patchstream.vision.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avdevice;

/** FFmpeg itself: loaded and made quiet once in a process. */
final class LibAv {
    static {
        // Its log goes to standard error past every setting of ours; what matters comes back as an error code.
        av_log_set_level(AV_LOG_FATAL);
    }

    /**
     * Loads FFmpeg's devices: webcams, and the pictures that it draws itself. Only for those, since they ask for libraries
     * that not every machine has, such as PulseAudio's.
     *
     * @throws VideoException when one of them is missing; the message names it
     */
    static void loadDevices() throws VideoException {
        try {
            avdevice.avdevice_register_all();
        } catch (LinkageError e) {
            throw new VideoException("FFmpeg's devices (webcam:, lavfi:) do not load here: " + missing(e)
                    + ". On Debian and Ubuntu: apt install libpulse0");
        }
    }

    private static String missing(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    /** What FFmpeg says of an error code. */
    static String explain(int code) {
        byte[] text = new byte[256];
        av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** Throws when {@code code} is an error. */
    static int check(int code, String what) throws VideoException {
        if (code < 0) {
            throw VideoException.because(what, code);
        }
        return code;
    }

    /** Makes sure that it is loaded. */
    static void load() {
        // The static initialiser has run when this is called.
    }

    private LibAv() {}
}
