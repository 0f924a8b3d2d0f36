package io.patchstream.stream.settings;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the live page is served.
 *
 * @param host the address that it listens at
 * @param port the port; 0 is none
 * @param names names that browsers may call this machine by, besides {@code host}, {@code localhost} and addresses
 * @param token what a browser must know; empty for one that is made at each start
 * @param explainModel an explain file or a folder of them; an empty path looks beside the model
 */
public record UiSettings(
        @Setting(
                key = "ui.host",
                or = "127.0.0.1",
                says = "The address that the live page is served at; `0.0.0.0` for everyone who knows the token.")
        String host,

        @Setting(key = "ui.port", or = "0", says = "Its port, such as 8090, which `run --ui` takes; 0 serves no page.")
        int port,

        @Setting(
                key = "ui.names",
                says =
                        "Host names under which browsers may reach the live page, separated by commas. `localhost`, addresses"
                                + " and `ui.host` always do; other names are refused, since a name can be made to point"
                                + " anywhere.")
        List<String> names,

        @Setting(
                key = "ui.token",
                says =
                        "What a browser must know to see the live page, 16 letters, digits, `-` or `_` at the least; empty"
                                + " makes a new one at each start and prints it.")
        String token,

        @Setting(
                key = "ui.explain.model",
                says = "The explain file that tells what the model looks at, or a folder of them (`./patchstream export"
                        + " --attention-of MODEL.onnx --out MODEL-explain.onnx`); empty looks for `*-explain.onnx` beside"
                        + " the model.")
        Path explainModel) {
    /** What {@code run --ui} takes. */
    public static final int USUAL_PORT = 8090;

    public UiSettings {
        names = List.copyOf(names);
        Checks checks = new Checks()
                .that(!host.isBlank(), "ui.host", "'" + host + "'", "an address or a name of this machine")
                .that(port >= 0 && port <= 65535, "ui.port", port, "0 to 65535")
                .that(
                        token.isEmpty() || token.matches("[A-Za-z0-9_-]{16,}"),
                        "ui.token",
                        "set",
                        "at least 16 letters, digits, - or _");
        names.forEach(name -> checks.that(name.matches("[A-Za-z0-9.-]+"), "ui.names", name, "names without ports"));
        checks.done();
    }
}
