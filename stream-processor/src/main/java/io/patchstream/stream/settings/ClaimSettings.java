package io.patchstream.stream.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Which claim checks (payloads by reference) may be fetched. By default none: a record must not make the processor read
 * files or call hosts that its operator did not name.
 *
 * @param folders folders that {@code file:} references may lie in
 * @param hosts names with or without a port that {@code http:} and {@code https:} references may name
 * @param networks where such names may lie, beside public addresses
 * @param maxBytes the largest payload fetched, in bytes
 * @param timeout how long one fetch may take
 */
public record ClaimSettings(
        @Setting(
                key = "claims.folders",
                says = "Folders that `file:` payload references may lie in, separated by commas; empty allows none.")
        List<Path> folders,

        @Setting(
                key = "claims.hosts",
                says =
                        "Hosts (`host` or `host:port`) that `http:` and `https:` payload references may name, separated by"
                                + " commas; empty allows none.")
        List<String> hosts,

        @Setting(
                key = "claims.networks",
                says = "Networks (`10.0.0.0/8`, `fd00::/8`) in which the names in `claims.hosts` may lie, separated by"
                        + " commas. A name that leads to an address that is neither in them nor public is not called; an"
                        + " address in `claims.hosts` needs no network.")
        List<String> networks,

        @Setting(key = "claims.max.bytes", or = "64MiB", says = "The largest payload that is fetched.")
        long maxBytes,

        @Setting(key = "claims.timeout", or = "5s", says = "How long one attempt to fetch a payload may take.")
        Duration timeout) {

    public ClaimSettings {
        folders = List.copyOf(folders);
        hosts = List.copyOf(hosts);
        networks = List.copyOf(networks);
        Checks checks = new Checks()
                .that(maxBytes >= 1 && maxBytes <= 1 << 30, "claims.max.bytes", maxBytes, "1 B to 1 GiB")
                .that(
                        timeout.toMillis() > 0 && timeout.compareTo(Duration.ofMinutes(1)) <= 0,
                        "claims.timeout",
                        timeout,
                        "above 0 and at most 1m");
        folders.forEach(folder ->
                checks.that(folder.isAbsolute(), "claims.folders", folder, "an absolute path, such as /srv/frames"));
        hosts.forEach(host ->
                checks.that(Hosts.isEntry(host), "claims.hosts", host, "host or host:port, without scheme or path"));
        networks.forEach(network -> checks.that(
                Network.isOne(network),
                "claims.networks",
                network,
                "a block of addresses, such as 10.0.0.0/8 or fd00::/8"));
        checks.done();
    }
}
