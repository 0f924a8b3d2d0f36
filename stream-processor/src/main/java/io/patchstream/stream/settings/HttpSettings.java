package io.patchstream.stream.settings;

import java.time.Duration;

/**
 * Where {@code run} tells of itself over HTTP: probes, metrics, what it is.
 *
 * @param host the address that it listens at
 * @param port the port; 0 is none
 * @param stuckAfter how long nothing may be processed, while there is something to process, before it calls itself dead
 */
public record HttpSettings(
        @Setting(
                key = "http.host",
                or = "127.0.0.1",
                says =
                        "The address that `/livez`, `/readyz`, `/metrics`, `/info` and `/topology` are served at; `0.0.0.0`"
                                + " for everyone, who then can read camera names.")
        String host,

        @Setting(key = "http.port", or = "0", says = "Their port, such as 8080; 0 serves nothing.")
        int port,

        @Setting(
                key = "http.stuck.after",
                or = "2m",
                says =
                        "When frames wait, brokers answer, and none has been processed for so long, `/livez` says so with status"
                                + " 503, so that an orchestrator restarts the process. Longer than engine.deadline, after which"
                                + " the engine fails by itself.")
        Duration stuckAfter) {

    private static final Duration SHORTEST = Duration.ofSeconds(10);

    public HttpSettings {
        new Checks()
                .that(!host.isBlank(), "http.host", "'" + host + "'", "an address or a name of this machine")
                .that(port >= 0 && port <= 65535, "http.port", port, "0 to 65535")
                // Less than a few heartbeats of the clients cannot tell a standstill from a broker that is away.
                .that(stuckAfter.compareTo(SHORTEST) >= 0, "http.stuck.after", stuckAfter, "at least 10s")
                .done();
    }
}
