package io.patchstream.trainer.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies where in a tar archive (ustar, with GNU's and pax's long names), so that members are read at any time and in any
 * order. Nothing is unpacked; links, devices and sparse files are refused.
 */
final class TarFile {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 1 << 16;
    /** No member that is a picture or a label is longer. */
    private static final int LONGEST_MEMBER = 256 << 20;

    /**
     * One file.
     *
     * @param at where its bytes begin in the archive
     * @param size how many there are
     */
    record Entry(String name, long at, int size) {}

    private final Path file;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Entry> byName = new HashMap<>();

    private TarFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the headers.
     *
     * @throws IOException when it is no such archive, or is cut short; the message has file and place
     */
    static TarFile open(Path file) throws IOException {
        TarFile tar = new TarFile(file);
        try (FileChannel channel = FileChannel.open(file)) {
            tar.index(channel);
        }
        return tar;
    }

    /** The files, in the archive's order. */
    List<Entry> entries() {
        return entries;
    }

    /** The file of a name, or null; the last one of several. */
    Entry entry(String name) {
        return byName.get(name);
    }

    /** A file's bytes. */
    byte[] read(Entry entry) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(entry.size());
        try (FileChannel channel = FileChannel.open(file)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, entry.at() + bytes.position()) < 0) {
                    throw new EOFException(file + " was cut short after it was opened");
                }
            }
        }
        return bytes.array();
    }

    private void index(FileChannel channel) throws IOException {
        long length = channel.size();
        long at = 0;
        String longName = null;
        while (at + BLOCK <= length) {
            byte[] header = bytes(channel, at, BLOCK);
            if (isZero(header)) {
                if (entries.isEmpty()) {
                    throw wrong(0, "has no members");
                }
                return;
            }
            check(header, at);
            long size = number(header, 124, 12, at);
            long next = at + BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
            if (at + BLOCK + size > length) {
                throw wrong(
                        at,
                        "is cut short: the member " + name(header) + " has " + size + " bytes, and "
                                + (length - at - BLOCK) + " are left");
            }
            switch (header[156]) {
                case '0', 0 -> {
                    String name = longName == null ? name(header) : longName;
                    if (size > LONGEST_MEMBER) {
                        throw wrong(
                                at,
                                "has a member of " + size + " bytes: " + name + "; " + LONGEST_MEMBER + " is the most");
                    }
                    requireInside(name, at);
                    Entry entry = new Entry(name, at + BLOCK, (int) size);
                    entries.add(entry);
                    byName.put(name, entry);
                    longName = null;
                }
                case 'L' -> longName = text(extra(channel, at, size));
                case 'x' -> longName = paxPath(extra(channel, at, size), at, longName);
                case '5', 'g' -> longName = null;
                default ->
                    throw wrong(
                            at,
                            "has a member of type '" + (char) header[156] + "', a link or a device perhaps: "
                                    + name(header) + "; a data set has files only");
            }
            at = next;
        }
        throw wrong(at, "is cut short: its end mark, a block of zeros, is missing");
    }

    private byte[] extra(FileChannel channel, long at, long size) throws IOException {
        if (size > LONGEST_NAME) {
            throw wrong(at, "has a name of " + size + " bytes");
        }
        return bytes(channel, at + BLOCK, (int) size);
    }

    private byte[] bytes(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw wrong(at, "is cut short");
            }
        }
        return bytes.array();
    }

    private static boolean isZero(byte[] header) {
        for (byte value : header) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** The sum of the header's bytes, with its own eight counted as blanks. */
    private void check(byte[] header, long at) throws IOException {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        if (sum != number(header, 148, 8, at)) {
            throw wrong(
                    at,
                    (header[0] & 0xff) == 0x1f && (header[1] & 0xff) == 0x8b
                            ? "is compressed: unpack it with gunzip; pictures are compressed already"
                            : "is no tar archive, or is damaged: a header's sum is wrong");
        }
    }

    private long number(byte[] header, int from, int count, long at) throws IOException {
        if ((header[from] & 0x80) != 0) {
            long value = header[from] & 0x7f;
            for (int i = from + 1; i < from + count; i++) {
                if (value >>> 54 != 0) {
                    throw wrong(at, "has a number that is too large");
                }
                value = value << 8 | (header[i] & 0xff);
            }
            return value;
        }
        long value = 0;
        for (int i = from; i < from + count; i++) {
            char digit = (char) (header[i] & 0xff);
            if (digit >= '0' && digit <= '7') {
                value = value * 8 + digit - '0';
            } else if (digit != ' ' && digit != 0) {
                throw wrong(
                        at,
                        (header[0] & 0xff) == 0x1f && (header[1] & 0xff) == 0x8b
                                ? "is compressed: unpack it with gunzip; pictures are compressed already"
                                : "is no tar archive, or is damaged: '" + digit + "' stands in a number");
            }
        }
        return value;
    }

    private static String name(byte[] header) {
        String name = field(header, 0, 100);
        String prefix = field(header, 257, 5).equals("ustar") && header[263] == '0' ? field(header, 345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static String field(byte[] header, int from, int count) {
        int end = from;
        while (end < from + count && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return field(bytes, 0, bytes.length);
    }

    /** Of records such as {@code 17 path=a/b.jpg\n}, each with its own length in front. */
    private String paxPath(byte[] records, long at, String otherwise) throws IOException {
        String path = otherwise;
        int from = 0;
        while (from < records.length) {
            int blank = from;
            while (blank < records.length && records[blank] != ' ') {
                blank++;
            }
            int length;
            try {
                length = Integer.parseInt(new String(records, from, blank - from, StandardCharsets.US_ASCII));
            } catch (NumberFormatException e) {
                throw wrong(at, "has a damaged pax header");
            }
            if (length <= blank - from + 1 || from + length > records.length) {
                throw wrong(at, "has a damaged pax header");
            }
            String record = new String(records, blank + 1, from + length - blank - 2, StandardCharsets.UTF_8);
            if (record.startsWith("path=")) {
                path = record.substring("path=".length());
            } else if (record.startsWith("size=") || record.startsWith("GNU.sparse")) {
                throw wrong(at, "has a member that is sparse, or larger than 8 GiB");
            }
            from += length;
        }
        return path;
    }

    private void requireInside(String name, long at) throws IOException {
        if (name.startsWith("/") || List.of(name.split("/")).contains("..")) {
            throw wrong(at, "has a member whose name leads out of it: " + name);
        }
    }

    private IOException wrong(long at, String what) {
        return new IOException(file + " at byte " + at + " " + what);
    }
}
