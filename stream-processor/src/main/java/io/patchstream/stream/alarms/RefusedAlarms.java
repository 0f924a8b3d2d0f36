package io.patchstream.stream.alarms;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.run.ProcessorFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** A file of alarms that a webhook refused: a JSON object a line, on the disk before the alarm is done with. */
final class RefusedAlarms {
    private final Path file;

    RefusedAlarms(Path file) {
        this.file = file;
    }

    /** @throws ProcessorFailedException when it cannot be kept, and so must not be done with */
    void keep(String alarm, String why, Instant now) {
        // What the webhook was told, word for word, so that it can be told again by hand.
        String line = "{\"refused_at\":\"" + now + "\",\"reply\":\"" + why + "\",\"alarm\":" + alarm + "}\n";
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException e) {
            throw new ProcessorFailedException("--refused " + file + " cannot be written: " + e, e);
        }
    }
}
