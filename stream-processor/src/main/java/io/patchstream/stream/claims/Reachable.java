package io.patchstream.stream.claims;

import io.patchstream.stream.settings.Network;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which addresses a host of the settings may have. The operator allowed a name; what it leads to is said by whoever runs
 * its name server, and may change from one question to the next. So a name is asked once for each attempt, all that it
 * leads to must be public or in the networks that the operator named, and the connection goes to the address that was
 * looked at. An address that the operator wrote down himself is allowed as it is.
 */
final class Reachable {
    /** Asks a name server. */
    @FunctionalInterface
    interface Names {
        /** All addresses of a host; at least one. */
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** What is not public, by the registries of special-purpose addresses (RFC 6890 and after), and what is no host's. */
    private static final List<Network> SPECIAL = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3")
            .map(Network::parse)
            .toList();

    /** Of IPv6 only this is given out for hosts of the internet. */
    private static final Network GLOBAL_UNICAST = Network.parse("2000::/3");

    /** In it: addresses that carry one of IPv4 which a router would unwrap, and those for special purposes. */
    private static final List<Network> SPECIAL_6 = Stream.of("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
            .map(Network::parse)
            .toList();

    private static final Pattern LITERAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[.*]");

    private final Names names;
    private final List<Network> networks;

    Reachable(Names names, List<Network> networks) {
        this.names = names;
        this.networks = List.copyOf(networks);
    }

    /**
     * The addresses of a host that is allowed by name.
     *
     * @throws NotReachableException when one of them is out of bounds
     */
    InetAddress[] of(String host) throws IOException {
        if (LITERAL.matcher(host).matches()) {
            return new InetAddress[] {InetAddress.getByName(host)};
        }
        InetAddress[] addresses = names.addresses(host);
        for (InetAddress address : addresses) {
            if (!isPublic(address) && networks.stream().noneMatch(network -> network.contains(address))) {
                throw new NotReachableException("its host " + host + " leads to " + address.getHostAddress()
                        + ", which is neither public nor in claims.networks");
            }
        }
        return addresses;
    }

    static boolean isPublic(InetAddress address) {
        return address instanceof Inet6Address
                ? GLOBAL_UNICAST.contains(address) && SPECIAL_6.stream().noneMatch(n -> n.contains(address))
                : SPECIAL.stream().noneMatch(n -> n.contains(address));
    }

    /** A host lies where the operator did not allow; its message is a rule that was broken. */
    static final class NotReachableException extends IOException {
        private static final long serialVersionUID = 1L;

        private NotReachableException(String message) {
            super(message);
        }
    }
}
