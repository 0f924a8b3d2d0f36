package io.patchstream.stream.claims;

import io.patchstream.stream.claims.Reachable.NotReachableException;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.settings.ClaimSettings;
import io.patchstream.stream.settings.Hosts;
import io.patchstream.stream.settings.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Gets payloads from hosts that the settings allow; no redirect is followed, and no proxy is used. */
final class ClaimedHosts {
    private static final int ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MILLIS = 100;

    private final ClaimSettings settings;
    private final Hosts hosts;
    private final Reachable reachable;
    private final SSLSocketFactory tlsSockets;
    private final Map<String, Errands> errands = new HashMap<>();

    ClaimedHosts(ClaimSettings settings, Reachable.Names names, SSLSocketFactory tlsSockets, ExecutorService threads) {
        this.settings = settings;
        this.hosts = new Hosts(settings.hosts());
        this.tlsSockets = tlsSockets;
        this.reachable = new Reachable(
                names, settings.networks().stream().map(Network::parse).toList());
        settings.hosts().forEach(host -> errands.put(host, new Errands(threads)));
    }

    /**
     * The body, or one byte more than {@code size} of it when it is longer.
     *
     * @param tls whether the scheme is {@code https}
     */
    byte[] get(URI uri, boolean tls, int size) throws RejectedFrameException {
        String entry =
                hosts.allowing(uri).orElseThrow(() -> Refusals.notAllowed(uri, "its host must be one of claims.hosts"));
        Errands place = errands.get(entry);
        for (int attempt = 1; ; attempt++) {
            try {
                HttpGet answer = place.run(() -> exchange(uri, tls, size), settings.timeout());
                if (answer.status() == 200) {
                    return answer.body();
                } else if (attempt == ATTEMPTS || (answer.status() < 500 && answer.status() != 429)) {
                    throw Refusals.unreachable(uri, attempt, "status " + answer.status(), null);
                }
            } catch (NotReachableException e) {
                throw Refusals.notAllowed(uri, e.getMessage());
            } catch (IOException | TimeoutException e) {
                if (attempt == ATTEMPTS) {
                    throw Refusals.unreachable(uri, attempt, e.getMessage() == null ? e.toString() : e.getMessage(), e);
                }
            }
            pause(FIRST_PAUSE_MILLIS << attempt);
        }
    }

    private HttpGet exchange(URI uri, boolean tls, int size) throws IOException {
        String host = uri.getHost();
        int port = Hosts.port(uri);
        try (Socket connected = connect(reachable.of(host), port);
                Socket socket = tls ? secured(connected, host, port) : connected) {
            socket.getOutputStream().write(HttpGet.request(uri));
            socket.getOutputStream().flush();
            return new HttpGet(socket.getInputStream(), size);
        }
    }

    /** To the first address that answers; of a channel, since that one ends when its thread is interrupted. */
    private Socket connect(InetAddress[] addresses, int port) throws IOException {
        IOException last = null;
        int patience = (int) Math.max(1, settings.timeout().toMillis() / addresses.length);
        for (InetAddress address : addresses) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.socket().connect(new InetSocketAddress(address, port), patience);
                return channel.socket();
            } catch (IOException e) {
                channel.close();
                last = e;
            }
        }
        throw last == null ? new IOException("the host has no address") : last;
    }

    /** Its certificate must be the name's, whatever the address. */
    private SSLSocket secured(Socket connected, String host, int port) throws IOException {
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        SSLSocket socket = (SSLSocket) tlsSockets.createSocket(connected, name, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineStoppedException("interrupted between attempts to fetch a payload", e);
        }
    }
}
