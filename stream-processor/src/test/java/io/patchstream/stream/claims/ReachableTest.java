package io.patchstream.stream.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.claims.Reachable.NotReachableException;
import io.patchstream.stream.settings.Network;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReachableTest {
    private static InetAddress[] addresses(String... texts) throws Exception {
        InetAddress[] addresses = new InetAddress[texts.length];
        for (int i = 0; i < texts.length; i++) {
            addresses[i] = InetAddress.getByName(texts[i]);
        }
        return addresses;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "2001::1",
                "fe80::1",
                "fc00::1",
                "fd00:ec2::254",
                "fec0::1",
                "ff02::1"
            })
    void shouldNotCallANameThatLeadsToAnAddressThatIsNotPublic(String address) throws Exception {
        InetAddress[] answer = addresses(address);
        Reachable reachable = new Reachable(host -> answer, List.of());

        assertThatThrownBy(() -> reachable.of("files.example"))
                .isInstanceOf(NotReachableException.class)
                .hasMessageStartingWith("its host files.example leads to ")
                .hasMessageEndingWith(", which is neither public nor in claims.networks");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "2a00::1"
            })
    void shouldCallANameThatLeadsToAPublicAddress(String address) throws Exception {
        InetAddress[] answer = addresses(address);

        assertThat(new Reachable(host -> answer, List.of()).of("files.example")).isEqualTo(answer);
    }

    @Test
    void shouldRefuseANameOfWhichOneAddressIsOutOfBounds() throws Exception {
        InetAddress[] answer = addresses("1.1.1.1", "10.0.0.1");
        Reachable reachable = new Reachable(host -> answer, List.of());

        assertThatThrownBy(() -> reachable.of("files.example")).hasMessageContaining("10.0.0.1");
    }

    @Test
    void shouldCallANameThatLeadsIntoANetworkThatTheOperatorNamed() throws Exception {
        InetAddress[] answer = addresses("10.1.2.3");

        assertThat(new Reachable(host -> answer, List.of(Network.parse("10.1.0.0/16"))).of("files.example"))
                .isEqualTo(answer);
        assertThatThrownBy(() -> new Reachable(host -> answer, List.of(Network.parse("10.2.0.0/16"))).of("x"))
                .isInstanceOf(NotReachableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "[::1]"})
    void shouldCallAnAddressThatTheOperatorWroteWithoutAskingForIt(String host) throws Exception {
        Reachable reachable = new Reachable(
                name -> {
                    throw new AssertionError("asked for " + name);
                },
                List.of());

        assertThat(reachable.of(host)).containsExactly(InetAddress.getByName(host));
    }

    @Test
    void shouldKnowItsNetworks() throws Exception {
        assertThat(Network.parse("10.0.0.0/8").contains(InetAddress.getByName("10.255.0.1")))
                .isTrue();
        assertThat(Network.parse("10.0.0.0/8").contains(InetAddress.getByName("11.0.0.0")))
                .isFalse();
        assertThat(Network.parse("10.0.0.128/25").contains(InetAddress.getByName("10.0.0.127")))
                .isFalse();
        assertThat(Network.parse("10.0.0.1").contains(InetAddress.getByName("10.0.0.2")))
                .isFalse();
        assertThat(Network.parse("0.0.0.0/0").contains(InetAddress.getByName("::1")))
                .isFalse();
        for (String text : List.of("", "10.0.0.0/33", "localhost", "10.0.0/8", "fd00::/129", "1234", "beef", ":::")) {
            assertThatThrownBy(() -> Network.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
