package io.patchstream.stream.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of addresses, as {@code 10.0.0.0/8} or {@code fd00::/8}.
 *
 * @param base its first address
 * @param bits how many leading bits its addresses share
 */
public record Network(InetAddress base, int bits) {
    /** Digits, dots and colons alone: no name, so that nothing is asked of a name server. */
    private static final Pattern TEXT =
            Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|(?=[^/]*:)[0-9a-fA-F:.]+)(?:/([0-9]{1,3}))?");

    /**
     * Reads one; an address without bits is a block of its own.
     *
     * @throws IllegalArgumentException when the text is no block of addresses
     */
    public static Network parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            try {
                InetAddress base = InetAddress.getByName(matcher.group(1));
                int all = base.getAddress().length * Byte.SIZE;
                int bits = matcher.group(2) == null ? all : Integer.parseInt(matcher.group(2));
                if (bits <= all) {
                    return new Network(base, bits);
                }
            } catch (UnknownHostException e) {
                // Said below.
            }
        }
        throw new IllegalArgumentException(text + " is no block of addresses such as 10.0.0.0/8 or fd00::/8");
    }

    static boolean isOne(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether an address is in it. */
    public boolean contains(InetAddress address) {
        byte[] ours = base.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
