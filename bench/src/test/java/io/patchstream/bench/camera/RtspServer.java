package io.patchstream.bench.camera;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A camera: RTSP (RFC 2326) with digest authentication, RTP within the same connection, ten pictures a second of H.264 under
 * {@code /stream1}. What goes wrong with cameras can be asked of it.
 */
public final class RtspServer implements AutoCloseable {
    /** Who may watch. */
    public record Login(String user, String password) {}

    /** How it behaves. */
    public enum Mood {
        /** It sends pictures. */
        WELL,
        /** It takes connections and says nothing. */
        SILENT,
        /** It answers, and sends no pictures, or no more of them. */
        STALLED
    }

    private final ServerSocket socket;
    private final Optional<Login> login;
    private final H264Clip clip;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile Mood mood = Mood.WELL;

    private RtspServer(ServerSocket socket, Optional<Login> login, H264Clip clip) {
        this.socket = socket;
        this.login = login;
        this.clip = clip;
        start("rtsp-accept", this::accept);
    }

    /** A camera that lets in who has the login, or everybody; the caller closes it. */
    public static RtspServer start(Optional<Login> login) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new RtspServer(socket, login, H264Clip.of(10));
    }

    /** Its address without a login, such as {@code 127.0.0.1:41234/stream1}. */
    public String place() {
        return socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort() + "/stream1";
    }

    public void behave(Mood change) {
        mood = change;
    }

    /** Breaks all connections, as a camera does that restarts. */
    public void hangUp() {
        open.forEach(RtspServer::close);
        open.clear();
    }

    /** How often a wrong login was refused; a request that brings none does not count. */
    public int refused() {
        return refused.get();
    }

    private void accept() {
        try {
            while (!socket.isClosed()) {
                Socket connection = socket.accept();
                connection.setTcpNoDelay(true);
                open.add(connection);
                start("rtsp-session", () -> serve(connection));
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            new RtspSession(connection, login, clip, () -> mood, refused::incrementAndGet).run();
        } catch (IOException e) {
            // The other side has gone, or hangUp was called.
            open.remove(connection);
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        close(socket);
        hangUp();
    }
}
