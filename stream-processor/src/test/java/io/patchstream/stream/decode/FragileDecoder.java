package io.patchstream.stream.decode;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.PictureDecoder;
import io.patchstream.vision.child.DecoderProcess;
import io.patchstream.vision.child.DecoderStart;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A decoder's process with frames that are deadly to it: they are words. */
public final class FragileDecoder {
    private FragileDecoder() {}

    /** An engine's decoder with such a process; the caller closes it. */
    @MustBeClosed
    public static FrameDecoder isolated(Preprocessing preprocessing) {
        return new IsolatedFrameDecoder(
                FragileDecoder.class.getName(),
                new DecoderStart(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL),
                new Isolation(1L << 30, Duration.ofSeconds(20)));
    }

    public static void main(String[] arguments) throws Exception {
        DecoderStart start = DecoderStart.parse(arguments);
        try (PictureDecoder decoder = new PictureDecoder(start.preprocessing(), start.limits(), start.scale())) {
            DecoderProcess.serve(start, (payload, format, slots) -> decode(decoder, payload, format, slots));
        }
    }

    private static int decode(
            PictureDecoder decoder, ByteBuffer payload, Optional<PictureFormat> format, PictureDecoder.Slots slots)
            throws UndecodableException {
        String text = StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString();
        try {
            if (text.equals("segmentation fault")) {
                kill("-SEGV");
            } else if (text.equals("never ends")) {
                Thread.sleep(Long.MAX_VALUE);
            } else if (text.equals("takes memory")) {
                ByteBuffer[] all = new ByteBuffer[4096];
                for (int i = 0; i < all.length; i++) {
                    all[i] = ByteBuffer.allocateDirect(64 << 20);
                }
            } else if (text.startsWith("dies once: ")) {
                // Of a segment, in its middle: two pictures are out by then.
                Path mark = Path.of(text.substring(11));
                for (int i = 1; i <= 3; i++) {
                    fill(slots.next(), i);
                    if (i == 3 && !Files.exists(mark)) {
                        Files.createFile(mark);
                        kill("-KILL");
                    }
                }
                return 3;
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return decoder.decode(payload, format, slots);
    }

    private static void fill(ByteBuffer slot, int value) {
        while (slot.hasRemaining()) {
            slot.put((byte) value);
        }
    }

    private static void kill(String signal) throws IOException, InterruptedException {
        new ProcessBuilder(
                        "sh",
                        "-c",
                        "kill " + signal + " " + ProcessHandle.current().pid())
                .start()
                .waitFor();
        Thread.sleep(Long.MAX_VALUE);
    }
}
