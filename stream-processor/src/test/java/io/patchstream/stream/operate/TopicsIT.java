package io.patchstream.stream.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.run.RealKafka;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Topics made and held against the plan, on a real broker. */
@ExtendWith(RealKafka.class)
class TopicsIT {
    @Test
    void shouldSayOnceThatNoBrokerAnswers() throws Exception {
        Map<String, String> values = new HashMap<>();
        values.put("kafka.bootstrap.servers", "127.0.0.1:1");
        for (String verb : List.of("check", "create")) {
            Verb said = Verb.run(values, "topics", verb);
            assertThat(said.exitCode()).isEqualTo(1);
            assertThat(said.text().lines().filter(line -> line.startsWith("fail")))
                    .singleElement()
                    .asString()
                    .contains("broker")
                    .contains("127.0.0.1:1");
        }
    }

    @Test
    void shouldMakeWhatIsMissingAndFindNothingToMend(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("topics"));
        values.put("topics.partitions", "3");
        assertThat(Verb.run(values, "topics", "check"))
                .satisfies(said -> assertThat(said.exitCode()).isEqualTo(1))
                .satisfies(said -> assertThat(said.text().lines().filter(line -> line.contains("is missing")))
                        .hasSize(5))
                .satisfies(said -> assertThat(said.text())
                        .contains("mend: kafka-topics.sh --bootstrap-server " + broker.bootstrapServers()
                                + " --create --topic " + values.get("input.topics") + " --partitions 3"));

        Verb made = Verb.run(values, "topics", "create", "--retention-hours", "48");
        assertThat(made.exitCode()).as(made.text()).isZero();
        assertThat(made.text()).contains("patchstream.ledger");
        Verb again = Verb.run(values, "topics", "create");
        assertThat(again.exitCode()).isZero();
        assertThat(again.text().lines()).hasSize(7).allMatch(line -> line.endsWith(" is there"));

        Verb checked = Verb.run(values, "topics", "check");
        assertThat(checked.exitCode()).as(checked.text()).isZero();
        assertThat(checked.text().lines()).hasSize(5).allMatch(line -> line.startsWith("ok ") && line.contains(" 3 "));

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            assertThat(config(admin, values.get("input.topics"), "retention.ms"))
                    .isEqualTo("172800000");
            assertThat(config(admin, values.get("output.embeddings"), "cleanup.policy"))
                    .isEqualTo("compact");
            assertThat(config(admin, values.get("output.dead-letters") + "-replays", "cleanup.policy"))
                    .isEqualTo("compact");
        }
    }

    @Test
    void shouldTellEachDeviationAndWhatMendsIt(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("deviant"));
        values.put("topics.partitions", "2");
        assertThat(Verb.run(values, "topics", "create").exitCode()).isZero();
        String alter = "mend: kafka-configs.sh --bootstrap-server " + broker.bootstrapServers()
                + " --alter --entity-type topics --entity-name ";
        String frames = values.get("input.topics");
        String deadLetters = values.get("output.dead-letters");
        String embeddings = values.get("output.embeddings");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            set(admin, frames, "cleanup.policy", "compact");
            set(admin, deadLetters, "max.message.bytes", "1000000");
            set(admin, embeddings, "cleanup.policy", "delete");
            set(admin, values.get("output.labels"), "compression.type", "gzip");
            set(admin, values.get("output.drops"), "min.insync.replicas", "2");
            values.put("topics.partitions", "4");

            Verb found = Verb.run(values, "topics", "check");

            assertThat(found.exitCode()).isEqualTo(1);
            assertThat(found.text())
                    .contains("fail  topic         " + frames + " has cleanup.policy=compact; it should be delete")
                    .contains(alter + frames + " --add-config 'cleanup.policy=delete'")
                    .contains("fail  topic         " + deadLetters + " has max.message.bytes=1000000")
                    .contains(alter + deadLetters + " --add-config 'max.message.bytes=9437184'")
                    .contains("warn  topic         " + embeddings + " has cleanup.policy=delete")
                    .contains("has compression.type=gzip; it should be zstd")
                    .contains("fail  topic         " + values.get("output.drops") + " has min.insync.replicas=2")
                    .contains(frames + " has 2 partitions; topics.partitions is 4")
                    .contains("--alter --topic " + frames + " --partitions 4");

            set(admin, frames, "cleanup.policy", "delete");
            set(admin, frames, "retention.ms", "-1");
            assertThat(Verb.run(values, "topics", "check").text())
                    .contains(frames + " for ever: the ledger can then not account for old frames");
        }
    }

    private static void set(Admin admin, String topic, String key, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(key, value), OpType.SET))))
                .all()
                .get();
    }

    private static String config(Admin admin, String topic, String key) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(key)
                .value();
    }
}
