package io.patchstream.bench.camera;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection to {@link RtspServer}. Belongs to one thread; a second one sends pictures. */
final class RtspSession {
    private static final String REALM = "camera";
    private static final String NONCE = "1f2e3d4c5b6a";
    private static final Pattern PART = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final int TICKS_A_PICTURE = 90_000 / 10;
    private static final int PAYLOAD_TYPE = 96;

    private final DataInputStream in;
    private final OutputStream out;
    private final Optional<RtspServer.Login> login;
    private final H264Clip clip;
    private final Supplier<RtspServer.Mood> mood;
    private final Runnable refuse;
    private int sequence;

    RtspSession(
            Socket connection,
            Optional<RtspServer.Login> login,
            H264Clip clip,
            Supplier<RtspServer.Mood> mood,
            Runnable refuse)
            throws IOException {
        this.in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
        this.out = connection.getOutputStream();
        this.login = login;
        this.clip = clip;
        this.mood = mood;
        this.refuse = refuse;
    }

    /** What a client asks. */
    private record Request(String method, String address, Map<String, String> headers) {}

    void run() throws IOException {
        while (true) {
            Request request = read();
            if (mood.get() != RtspServer.Mood.SILENT) {
                answer(request);
            }
        }
    }

    private void answer(Request request) throws IOException {
        if (request.method().equals("OPTIONS")) {
            reply(request, "200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n", "");
        } else if (!isAllowed(request)) {
            reply(
                    request,
                    "401 Unauthorized",
                    "WWW-Authenticate: Digest realm=\"" + REALM + "\", nonce=\"" + NONCE + "\"\r\n",
                    "");
        } else if (!request.address().contains("/stream1")) {
            reply(request, "404 Not Found", "", "");
        } else if (request.method().equals("DESCRIBE")) {
            reply(request, "200 OK", "Content-Type: application/sdp\r\n", description());
        } else if (request.method().equals("SETUP")) {
            reply(request, "200 OK", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 7\r\n", "");
        } else {
            reply(request, "200 OK", "Session: 7\r\n", "");
            if (request.method().equals("PLAY")) {
                Thread sender = new Thread(this::send, "rtsp-pictures");
                sender.setDaemon(true);
                sender.start();
            }
        }
    }

    private String description() {
        return String.join(
                "\r\n",
                "v=0",
                "o=- 0 0 IN IP4 127.0.0.1",
                "s=camera",
                "t=0 0",
                "m=video 0 RTP/AVP " + PAYLOAD_TYPE,
                "a=rtpmap:" + PAYLOAD_TYPE + " H264/90000",
                "a=fmtp:" + PAYLOAD_TYPE + " packetization-mode=1;sprop-parameter-sets=" + clip.parameterSets(),
                "a=control:track0",
                "");
    }

    /** RFC 2617 without qop, as cameras have it. */
    private boolean isAllowed(Request request) {
        if (login.isEmpty()) {
            return true;
        }
        String given = request.headers().get("authorization");
        if (given == null) {
            return false;
        }
        Map<String, String> parts = new TreeMap<>();
        Matcher matcher = PART.matcher(given);
        while (matcher.find()) {
            parts.put(matcher.group(1), matcher.group(2));
        }
        String who = md5(login.get().user() + ":" + REALM + ":" + login.get().password());
        String what = md5(request.method() + ":" + parts.get("uri"));
        boolean right = md5(who + ":" + NONCE + ":" + what).equals(parts.get("response"));
        if (!right) {
            refuse.run();
        }
        return right;
    }

    private static String md5(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next request; what the client tells of its reception in between is passed over. */
    private Request read() throws IOException {
        int first = in.readUnsignedByte();
        while (first == '$') {
            in.readByte();
            in.skipNBytes(in.readUnsignedShort());
            first = in.readUnsignedByte();
        }
        String[] line = ((char) first + readLine()).split(" ");
        Map<String, String> headers = new TreeMap<>();
        for (String header = readLine(); !header.isEmpty(); header = readLine()) {
            String[] parts = header.split(": *", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        return new Request(line[0], line[1], headers);
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private void reply(Request request, String status, String headers, String body) throws IOException {
        write(("RTSP/1.0 " + status + "\r\nCSeq: " + request.headers().get("cseq") + "\r\n" + headers
                        + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body)
                .getBytes(US_ASCII));
    }

    private synchronized void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    private void send() {
        try {
            for (int picture = 0; ; picture++) {
                if (mood.get() == RtspServer.Mood.WELL) {
                    List<byte[]> units =
                            clip.pictures().get(picture % clip.pictures().size());
                    for (int i = 0; i < units.size(); i++) {
                        write(packet(units.get(i), picture * TICKS_A_PICTURE, i == units.size() - 1));
                    }
                }
                Thread.sleep(100);
            }
        } catch (IOException e) {
            // The client has gone.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A single NAL unit packet: within a TCP connection it may be as long as 65,535 bytes. */
    private byte[] packet(byte[] unit, int ticks, boolean last) {
        ByteBuffer packet = ByteBuffer.allocate(4 + 12 + unit.length);
        packet.put((byte) '$').put((byte) 0).putShort((short) (12 + unit.length));
        packet.put((byte) 0x80)
                .put((byte) (PAYLOAD_TYPE | (last ? 0x80 : 0)))
                .putShort((short) sequence++)
                .putInt(ticks)
                .putInt(0x70617463);
        return packet.put(unit).array();
    }
}
