package io.patchstream.stream.claims;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One GET of HTTP/1.1 on a connection that is open already, and that ends with the answer. The JDK's client asks the name
 * server by itself when it connects, so that what was looked at before need not be what it calls.
 */
final class HttpGet {
    private static final int MAX_HEADER_BYTES = 64 << 10;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
    private static final Pattern CHUNK = Pattern.compile("\\s*([0-9a-fA-F]{1,8})\\s*(?:;.*)?");

    private final InputStream in;
    private final int limit;
    private int headerBytes;
    private int status;
    private long contentLength = -1;
    private boolean chunked;
    private byte[] body = {};

    /**
     * Reads an answer.
     *
     * @param limit how much of its body is taken, and one byte more, which tells that there was more
     */
    HttpGet(InputStream in, int limit) throws IOException {
        this.in = new BufferedInputStream(in);
        this.limit = limit;
        do {
            readHead();
        } while (status < 200);
        if (status == 200) {
            body = chunked ? readChunks() : readPlain();
        }
    }

    int status() {
        return status;
    }

    /** Of an answer of 200; empty of any other. */
    byte[] body() {
        return body;
    }

    /** What is sent; the address has a host. */
    static byte[] request(URI uri) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath() == null || ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
        String target = ascii.getRawQuery() == null ? path : path + "?" + ascii.getRawQuery();
        String host = ascii.getPort() < 0 ? ascii.getHost() : ascii.getHost() + ":" + ascii.getPort();
        return ("GET " + target + " HTTP/1.1\r\nHost: " + host
                        + "\r\nUser-Agent: patchstream\r\nAccept: */*\r\nAccept-Encoding: identity"
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(ISO_8859_1);
    }

    private void readHead() throws IOException {
        Matcher first = STATUS.matcher(line());
        if (!first.matches()) {
            throw new IOException("the answer is no HTTP/1.1");
        }
        status = Integer.parseInt(first.group(1));
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("the answer has a header line without a name");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (name.equals("content-length")) {
                if (!value.matches("[0-9]{1,18}")) {
                    throw new IOException("the answer has a Content-Length of '" + value + "'");
                }
                contentLength = Long.parseLong(value);
            } else if (name.equals("transfer-encoding")) {
                if (!value.equalsIgnoreCase("chunked")) {
                    throw new IOException("the answer comes in transfer encoding '" + value + "'");
                }
                chunked = true;
            }
        }
    }

    private byte[] readPlain() throws IOException {
        long expected = contentLength < 0 ? Long.MAX_VALUE : contentLength;
        byte[] bytes = in.readNBytes((int) Math.min(expected, limit + 1L));
        if (contentLength >= 0 && bytes.length < Math.min(expected, limit + 1L)) {
            throw new EOFException("the body ends after " + bytes.length + " of " + contentLength + " bytes");
        }
        return bytes;
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        while (taken.size() <= limit) {
            Matcher size = CHUNK.matcher(line());
            if (!size.matches()) {
                throw new IOException("the answer has a chunk without a size");
            }
            long length = Long.parseLong(size.group(1), 16);
            if (length == 0) {
                // What may follow says nothing that is needed.
                return taken.toByteArray();
            }
            int wanted = (int) Math.min(length, limit + 1L - taken.size());
            byte[] bytes = in.readNBytes(wanted);
            taken.writeBytes(bytes);
            if (bytes.length < wanted) {
                throw new EOFException("the body ends inside a chunk");
            }
            if (wanted == length && !line().isEmpty()) {
                throw new IOException("the answer has a chunk that is longer than its size");
            }
        }
        return taken.toByteArray();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the answer ends inside its header");
            }
            if (++headerBytes > MAX_HEADER_BYTES) {
                throw new IOException("the answer has more than " + MAX_HEADER_BYTES + " bytes of header");
            }
            line.write(next);
        }
        String text = line.toString(ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
