package io.patchstream.bench.fault;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What a generator knows to be on the broker, in a file that outlives it: {@code a NUMBER PARTITION OFFSET .} for a frame
 * that the broker has acknowledged, {@code r NUMBER .} before any frame up to that number is sent. Each line is one write,
 * so that a kill leaves whole lines, or one at the end without its full stop, which counts for nothing.
 *
 * <p>The accounts rest on this file and not on the input topic: a broker that forgets what it acknowledged is found out.
 */
final class AckLog implements Closeable {
    /** A frame that the broker has acknowledged. */
    record Ack(long number, int partition, long offset) {}

    private final FileOutputStream out;

    AckLog(Path file) throws IOException {
        out = new FileOutputStream(file.toFile(), true);
        write("\n");
    }

    /** Frames below {@code number} may be sent from now on. */
    void reserve(long number) throws IOException {
        write("r " + number + " .\n");
    }

    void acknowledge(Ack ack) throws IOException {
        write("a " + ack.number() + " " + ack.partition() + " " + ack.offset() + " .\n");
    }

    private synchronized void write(String line) throws IOException {
        out.write(line.getBytes(US_ASCII));
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Reads a log while it is being written, each line once. For one thread. */
    static final class Tail implements Closeable {
        private final RandomAccessFile in;
        private long position;
        private long reserved;

        Tail(Path file) throws IOException {
            in = new RandomAccessFile(file.toFile(), "r");
        }

        /** The number below which frames may have been sent. */
        long reserved() {
            return reserved;
        }

        /** Reads the lines that are whole and have not been read. */
        void read(Consumer<Ack> each) throws IOException {
            byte[] bytes = new byte[(int) Math.min(1 << 30, in.length() - position)];
            in.seek(position);
            in.readFully(bytes);
            int whole = bytes.length;
            while (whole > 0 && bytes[whole - 1] != '\n') {
                whole--;
            }
            position += whole;
            for (String line : new String(bytes, 0, whole, US_ASCII).split("\n")) {
                String[] words = line.split(" ");
                if (words[words.length - 1].equals(".")) {
                    take(words, each);
                }
            }
        }

        private void take(String[] words, Consumer<Ack> each) {
            long number = Long.parseLong(words[1]);
            if (words[0].equals("r")) {
                reserved = Math.max(reserved, number);
            } else {
                each.accept(new Ack(number, Integer.parseInt(words[2]), Long.parseLong(words[3])));
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
