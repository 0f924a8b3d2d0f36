package io.patchstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicsTest {
    @Test
    void shouldNameTheTopicsOfTheDesign() {
        assertThat(Topics.standard().all())
                .extracting(TopicSpec::name)
                .containsExactly(
                        "patchstream.frames",
                        "patchstream.labels",
                        "patchstream.embeddings",
                        "patchstream.dead-letters",
                        "patchstream.drops",
                        "patchstream.ledger");
    }

    @Test
    void shouldPutAPrefixOfTheUsersInFront() {
        assertThat(Topics.withPrefix("site-4-").labels().name()).isEqualTo("site-4-labels");
        assertThat(Topics.withPrefix("").frames().name()).isEqualTo("frames");
    }

    @Test
    void shouldRefuseAPrefixThatKafkaWouldRefuse() {
        assertThatThrownBy(() -> Topics.withPrefix("my cameras/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("my cameras/frames");
    }

    @Test
    void shouldMakeTopicsForAnAdminClient() {
        NewTopic frames = Topics.standard().toCreate(8, (short) 3).get(0);
        NewTopic ledger = Topics.standard().toCreate(8, (short) 3).get(5);

        assertThat(frames.name()).isEqualTo("patchstream.frames");
        assertThat(frames.numPartitions()).isEqualTo(8);
        assertThat(frames.replicationFactor()).isEqualTo((short) 3);
        assertThat(frames.configs())
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("compression.type", "uncompressed")
                .containsEntry("max.message.bytes", "8388608");
        assertThat(ledger.configs())
                .containsEntry("cleanup.policy", "compact,delete")
                .containsEntry("compression.type", "zstd");
    }

    @Test
    void shouldLeaveRoomForTheReasonOfADeadLetter() {
        Topics topics = Topics.standard();

        assertThat(topics.deadLetters().value()).isEmpty();
        assertThat(topics.deadLetters().maxMessageBytes())
                .isGreaterThan(topics.frames().maxMessageBytes());
    }
}
