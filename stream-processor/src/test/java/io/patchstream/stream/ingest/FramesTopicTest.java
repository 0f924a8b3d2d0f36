package io.patchstream.stream.ingest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.settings.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FramesTopicTest {
    /** A port that takes connections and says nothing is a broker that is not up yet; it is not a topic that is missing. */
    @Test
    void shouldTellABrokerThatIsNotThereYetFromOneThatRefuses() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Settings settings = Settings.of(Map.of(
                    "kafka.bootstrap.servers", "127.0.0.1:" + silent.getLocalPort(),
                    "kafka.default.api.timeout.ms", "1500",
                    "kafka.request.timeout.ms", "1000"));
            assertThatThrownBy(() -> new FramesTopic(settings, "frames").ensure())
                    .isInstanceOf(BrokerSilentException.class)
                    .hasMessageContaining("topic frames on 127.0.0.1:" + silent.getLocalPort())
                    .hasMessageContaining("no answer in 8 s");
        }
    }
}
