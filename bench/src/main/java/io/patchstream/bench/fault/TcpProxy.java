package io.patchstream.bench.fault;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port in front of another one, which can refuse, or accept and be silent. Any thread may switch it. */
final class TcpProxy implements Closeable {
    /** What becomes of connections. */
    enum Mode {
        PASS,
        /** They are reset, old ones too. */
        REFUSE,
        /** They are accepted, and no byte comes back. */
        STALL
    }

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;

    /** Listens on a free port of 127.0.0.1. */
    TcpProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("proxy-accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Ends all connections, so that the mode holds for everybody. */
    void mode(Mode now) {
        mode = now;
        open.forEach(TcpProxy::closeQuietly);
        open.clear();
    }

    private static void start(String role, Runnable task) {
        Thread thread = new Thread(task, role);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                switch (mode) {
                    case REFUSE -> {
                        client.setSoLinger(true, 0);
                        closeQuietly(client);
                    }
                    case STALL -> {
                        // Nobody reads it; it ends with the mode.
                    }
                    case PASS -> connect(client);
                }
            } catch (IOException closed) {
                // The server is closed, or this one client is gone already.
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        open.add(server);
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2000);
            start("proxy-up", () -> copy(client, server));
            start("proxy-down", () -> copy(server, client));
        } catch (IOException away) {
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    private void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException ended) {
            // Either side may end it at any time.
        } finally {
            open.remove(from);
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed as far as anybody can tell.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        mode(Mode.REFUSE);
    }
}
