package io.patchstream.stream.engine;

import java.math.BigInteger;
import java.util.regex.Pattern;

/** Names as people number them: {@code v9} before {@code v10}. Other characters go by their code. */
final class NameOrder {
    private static final Pattern BORDER = Pattern.compile("(?<=[0-9])(?=[^0-9])|(?<=[^0-9])(?=[0-9])");

    private NameOrder() {}

    /** Below 0 when {@code a} comes before {@code b}; 0 for equal names only. */
    static int compare(String a, String b) {
        String[] as = BORDER.split(a, -1);
        String[] bs = BORDER.split(b, -1);
        for (int i = 0; i < Math.min(as.length, bs.length); i++) {
            int order = isNumber(as[i]) && isNumber(bs[i])
                    ? new BigInteger(as[i]).compareTo(new BigInteger(bs[i]))
                    : as[i].compareTo(bs[i]);
            if (order != 0) {
                return order;
            }
        }
        return as.length != bs.length ? Integer.compare(as.length, bs.length) : a.compareTo(b);
    }

    private static boolean isNumber(String part) {
        return !part.isEmpty() && part.charAt(0) >= '0' && part.charAt(0) <= '9';
    }
}
