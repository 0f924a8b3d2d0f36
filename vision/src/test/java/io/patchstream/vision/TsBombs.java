package io.patchstream.vision;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** MPEG transport streams (ISO/IEC 13818-1), as far as a demultiplexer needs them. */
final class TsBombs {
    private static final int PACKET = 188;
    private static final int PMT_PID = 0x100;
    private static final int VIDEO_PID = 0x101;
    private static final int H265 = 0x24;
    /** A section has at most 1,021 bytes behind its length; of each programme or stream it has 4 or 5. */
    private static final int ENTRIES = 250;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int[] counters = new int[8192];

    private TsBombs() {}

    /** One programme with one stream of H.265. */
    static byte[] of(byte[] h265) {
        TsBombs ts = new TsBombs();
        ts.section(0, 0, 1, 0, 0, programme(1, PMT_PID));
        ts.section(PMT_PID, 2, 1, 0, 0, VideoBombs.joined(clockAndNoDescriptors(), stream(H265, VIDEO_PID)));
        ts.stream(h265);
        return ts.out.toByteArray();
    }

    /** A table of so many programmes, with maps of their own. */
    static byte[] programmes(int count) {
        TsBombs ts = new TsBombs();
        int sections = (count + ENTRIES - 1) / ENTRIES;
        for (int section = 0; section < sections; section++) {
            byte[] entries = new byte[0];
            for (int i = 0; i < ENTRIES; i++) {
                int number = 1 + section * ENTRIES + i;
                entries = VideoBombs.joined(entries, programme(number, 32 + number % 8000));
            }
            ts.section(0, 0, 1, Math.min(section, 255), Math.min(sections - 1, 255), entries);
        }
        return ts.out.toByteArray();
    }

    /** Programmes of many streams each, of which nothing comes. */
    static byte[] streams(int count) {
        TsBombs ts = new TsBombs();
        int maps = (count + 149) / 150;
        byte[] programmes = new byte[0];
        for (int map = 0; map < maps; map++) {
            programmes = VideoBombs.joined(programmes, programme(map + 1, 32 + map));
        }
        ts.section(0, 0, 1, 0, 0, programmes);
        for (int map = 0; map < maps; map++) {
            byte[] body = clockAndNoDescriptors();
            for (int i = 0; i < 150; i++) {
                body = VideoBombs.joined(body, stream(H265, 256 + map * 150 + i));
            }
            ts.section(32 + map, 2, map + 1, 0, 0, body);
        }
        return ts.out.toByteArray();
    }

    private static byte[] programme(int number, int pid) {
        return ByteBuffer.allocate(4)
                .putShort((short) number)
                .putShort((short) (0xE000 | pid))
                .array();
    }

    private static byte[] clockAndNoDescriptors() {
        return ByteBuffer.allocate(4)
                .putShort((short) (0xE000 | VIDEO_PID))
                .putShort((short) 0xF000)
                .array();
    }

    private static byte[] stream(int type, int pid) {
        return ByteBuffer.allocate(5)
                .put((byte) type)
                .putShort((short) (0xE000 | pid))
                .putShort((short) 0xF000)
                .array();
    }

    private void section(int pid, int table, int id, int number, int last, byte[] body) {
        ByteBuffer section = ByteBuffer.allocate(8 + body.length + 4);
        section.put((byte) table)
                .putShort((short) (0xB000 | 5 + body.length + 4))
                .putShort((short) id)
                .put((byte) 0xC1)
                .put((byte) number)
                .put((byte) last)
                .put(body);
        section.putInt(crc(section.array(), section.position()));
        packets(pid, VideoBombs.joined(new byte[1], section.array()), (byte) 0xff);
    }

    private void stream(byte[] payload) {
        byte[] head = {0, 0, 1, (byte) 0xE0, 0, 0, (byte) 0x80, 0, 0};
        packets(VIDEO_PID, VideoBombs.joined(head, payload), (byte) 0);
    }

    private void packets(int pid, byte[] payload, byte filler) {
        for (int at = 0; at < payload.length; at += PACKET - 4) {
            out.write(0x47);
            out.write((at == 0 ? 0x40 : 0) | pid >> 8);
            out.write(pid);
            out.write(0x10 | counters[pid]++ & 15);
            byte[] rest = Arrays.copyOfRange(payload, at, at + PACKET - 4);
            for (int i = payload.length - at; i < rest.length; i++) {
                rest[i] = filler;
            }
            out.writeBytes(rest);
        }
    }

    /** CRC-32 as MPEG has it: not reflected, not inverted at the end. */
    private static int crc(byte[] bytes, int length) {
        int crc = -1;
        for (int i = 0; i < length; i++) {
            crc ^= bytes[i] << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc << 1 ^ (crc < 0 ? 0x04C11DB7 : 0);
            }
        }
        return crc;
    }
}
