package io.patchstream.local;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;

/** 127.0.0.1: the only address that anything here listens on. */
final class Loopback {

    private static final byte[] ADDRESS = {127, 0, 0, 1};

    private Loopback() {}

    /** @param port 0 lets the system choose a free one */
    static InetSocketAddress at(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ADDRESS), port);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an IPv4 address", impossible);
        }
    }

    static String hostAndPort(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /**
     * Binds a listening socket, which the caller owns.
     *
     * @param flag the option that a user can change when the port is taken
     */
    static ServerSocketChannel listen(int port, String flag) {
        ServerSocketChannel socket = null;
        try {
            socket = ServerSocketChannel.open();
            return socket.bind(at(port));
        } catch (IOException failure) {
            closeAfter(failure, socket);
            throw cannotListen(port, flag, failure);
        }
    }

    static LocalKafkaException cannotListen(int port, String flag, IOException failure) {
        return new LocalKafkaException(
                failure instanceof BindException
                        ? "Port " + port + " on 127.0.0.1 is in use: stop what listens there, or give another " + flag
                                + " (0 takes a free one)"
                        : "Cannot listen on 127.0.0.1:" + port + " (" + flag + "): " + failure.getMessage(),
                failure);
    }

    private static void closeAfter(IOException failure, ServerSocketChannel socket) {
        if (socket == null) {
            return;
        }
        try {
            socket.close();
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }
}
