package io.patchstream.vision;

import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * How many programmes an MPEG-TS says that it has. FFmpeg looks through all that it knows for each that it reads: 44,000 of
 * them, in 198 kB, kept it busy for more than three minutes.
 *
 * <p>The table is in packets of PID 0, which are looked for at every byte, since FFmpeg goes on at any byte after damage. It
 * is repeated all the time, so equal packets count once; and rather than read it, what is no filling is counted.
 */
final class TsClaims {
    /** Some 2,000 programmes. Chance makes 3 KiB of it in 32 MiB of video. */
    private static final int MOST_BYTES = 8 << 10;

    private static final int HEAD = 4;
    private static final int BODY = 184;

    private TsClaims() {}

    /**
     * Refuses a file that claims more programmes than are read here.
     *
     * @param segment from position to limit, which stay
     */
    static void check(ByteBuffer segment) throws UndecodableException {
        ByteBuffer file = segment.slice();
        Set<ByteBuffer> seen = new HashSet<>();
        int bytes = 0;
        for (int at = 0; at + HEAD < file.limit(); at++) {
            if (file.get(at) == 0x47 && (file.get(at + 1) & 0x1F) == 0 && file.get(at + 2) == 0) {
                ByteBuffer body = file.slice(at + HEAD, Math.min(BODY, file.limit() - at - HEAD));
                bytes += seen.add(body) ? unfilled(body) : 0;
                if (bytes > MOST_BYTES) {
                    throw new UndecodableException(
                            Code.TOO_LARGE,
                            "the MPEG-TS has a table of programmes of more than " + MOST_BYTES
                                    + " bytes: send one programme");
                }
            }
        }
    }

    private static int unfilled(ByteBuffer body) {
        int count = 0;
        for (int i = 0; i < body.limit(); i++) {
            count += body.get(i) == -1 ? 0 : 1;
        }
        return count;
    }
}
