package io.patchstream.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamsPropertiesTest {
    @Test
    void shouldSendAnswersWhenTheyAreCommitted() {
        assertThat(properties(Map.of("commit.interval", "1s"))).containsEntry("producer.linger.ms", 1000);
    }

    @Test
    void shouldLeaveKafkasOwnKeysToTheUser() {
        assertThat(properties(Map.of("kafka.producer.linger.ms", "5"))).containsEntry("producer.linger.ms", "5");
    }

    private static Map<String, Object> properties(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(Map.of("kafka.bootstrap.servers", "localhost:9092"));
        values.putAll(more);
        return StreamsProperties.of(Settings.of(values), 64, null);
    }
}
