package io.patchstream.stream.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the demo shows.
 *
 * @param home where Patchstream lies: its clips and its model
 * @param cameras how many cameras film; empty for four, or one for each input
 * @param time how long; empty for until it is stopped
 * @param inputs the user's own sources; none for the clips
 * @param model the model's file
 * @param uiPort where the live page is served; empty for none
 */
record DemoOptions(
        Path home,
        Optional<Integer> cameras,
        Optional<Duration> time,
        List<String> inputs,
        Path model,
        Optional<Integer> uiPort) {
    DemoOptions {
        inputs = List.copyOf(inputs);
        cameras.ifPresent(count -> {
            if (count < 1 || count > 64) {
                throw new IllegalArgumentException(count + " cameras are too few or too many; it must be 1 to 64");
            }
        });
        uiPort.ifPresent(port -> {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("the port " + port + " is none; it must be 1 to 65535");
            }
        });
        time.ifPresent(length -> {
            if (length.isNegative() || length.isZero()) {
                throw new IllegalArgumentException("the demo must run for longer than " + length);
            }
        });
    }
}
