package io.patchstream.trainer.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Which Patchstream this is; the build writes it into a resource, so that it is there without a jar, too. */
final class TrainerVersion {
    private static final String RESOURCE = "version.txt";

    private TrainerVersion() {}

    /** Such as {@code 0.1.0}. */
    static String current() throws IOException {
        try (InputStream in = TrainerVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("the program lacks its " + RESOURCE + ": build it again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
