package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.settings.UiSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoorkeeperTest {
    private final Doorkeeper door =
            new Doorkeeper(new UiSettings("cam-host", 0, List.of("tags.example"), "sixteen-letters-0", Path.of("")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8090",
                "127.0.0.1:8090",
                "192.168.1.7",
                "[::1]:8090",
                "cam-host:1",
                "tags.example"
            })
    void shouldKnowItsOwnNamesAndAddresses(String host) {
        assertThat(door.isOurs(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "evil.example:8090", "127.0.0.1.evil.example", "localhost.evil.example", "tags.example.evil"
            })
    void shouldKnowNoOthers(String host) {
        assertThat(door.isOurs(host)).isFalse();
    }

    @Test
    void shouldTakeTheTokenOnly() {
        assertThat(door.knowsToken("Bearer sixteen-letters-0")).isTrue();
        assertThat(door.knowsToken("Bearer sixteen-letters-1")).isFalse();
        assertThat(door.knowsToken("sixteen-letters-0")).isFalse();
        assertThat(door.knowsToken(null)).isFalse();
    }

    @Test
    void shouldMakeANewTokenAtEachStart() {
        UiSettings none = new UiSettings("127.0.0.1", 0, List.of(), "", Path.of(""));

        assertThat(new Doorkeeper(none).token()).hasSize(24).isNotEqualTo(new Doorkeeper(none).token());
    }
}
