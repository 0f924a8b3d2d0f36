package io.patchstream.local.registry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Whether schemas may be registered and deleted. */
enum Mode {
    READWRITE,
    READONLY;

    static Optional<Mode> named(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }
}
