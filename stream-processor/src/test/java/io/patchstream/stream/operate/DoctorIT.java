package io.patchstream.stream.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.trace.Collector;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The doctor, on a machine that is well and on ones that are not. */
@ExtendWith(RealKafka.class)
class DoctorIT {
    @TempDir
    private Path folder;

    @Test
    void shouldFindNothingToMendWhereAllIsThere(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("well"));
        values.put("topics.partitions", "2");
        values.put("model", "src/test/resources/models/tiny-fp32.onnx");
        Path rules = Files.writeString(folder.resolve("rules.properties"), "rule.a.labels=class 0");
        values.put("rules.file", rules.toString());
        values.put("output.alarms", values.get("application.id") + ".alarms");
        assertThat(Verb.run(values, "topics", "create").exitCode()).isZero();

        Verb said = Verb.run(values, "doctor", "--json");

        assertThat(said.exitCode()).as(said.text()).isZero();
        JsonNode findings = new ObjectMapper().readTree(said.text());
        assertThat(findings)
                .allSatisfy(finding -> assertThat(finding.get("level").asText())
                        .as(finding.toString())
                        .isNotEqualTo("fail"));
        assertThat(findings)
                .extracting(finding -> finding.get("subject").asText())
                .contains("java", "javacv", "onnxruntime", "gpu", "model", "state.dir", "tmp", "broker", "clock")
                .contains("topic", "acl", "registry", "rules");
        assertThat(said.text()).contains(values.get("output.alarms"));

        Files.writeString(rules, "rule.a.labels=klass 0");
        assertThat(Verb.run(values, "doctor").text())
                .contains(
                        "fail  rules         rule.a.labels has 'klass 0', which the model does not know; did you mean 'class 0'?")
                .contains("./patchstream rules check ");
        assertThat(said.text()).contains("golden frames agree").contains("transaction.version=");
    }

    @Test
    void shouldTellWhatIsWrongAndWhatMendsIt(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("ill"));
        values.put("schema.registry.url", "http://me:hidden@127.0.0.1:1");
        values.put("state.dir", "/proc/no-such-folder");
        values.put("model", "no-such.onnx");
        values.put("engine.device", "cuda");

        Verb said = Verb.run(values, "doctor");

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.text())
                .contains("fail  model         model is ")
                .contains("fail  state.dir     /proc/no-such-folder cannot be written")
                .contains("fail  topic         " + values.get("input.topics") + " is missing")
                .contains("mend: kafka-topics.sh --bootstrap-server " + broker.bootstrapServers() + " --create")
                .contains("fail  registry      http://********@127.0.0.1:1: ")
                .doesNotContain("hidden");
    }

    @Test
    void shouldTellOfABrokerThatIsNotThere() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Verb said = Verb.run(
                Map.of(
                        "kafka.bootstrap.servers",
                        "127.0.0.1:" + free,
                        "kafka.default.api.timeout.ms",
                        "2000",
                        "kafka.request.timeout.ms",
                        "1000"),
                "doctor");
        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.text())
                .contains("fail  broker        127.0.0.1:" + free)
                .contains("mend: set kafka.bootstrap.servers")
                .contains("ok    java          ");
    }

    @Test
    void shouldTellWhetherACollectorTakesSpans() {
        try (Collector collector = Collector.start()) {
            assertThat(CollectorCheck.check(Settings.of(Map.of("trace.endpoint", collector.address())))
                            .orElseThrow()
                            .toText())
                    .isEqualTo("ok    spans         " + collector.address() + " takes them");
        }
        assertThat(CollectorCheck.check(Settings.of(Map.of("trace.endpoint", "http://localhost:1/")))
                        .orElseThrow()
                        .toText())
                .startsWith("warn  spans         http://localhost:1/: ")
                .contains("mend: set trace.endpoint");
        assertThat(CollectorCheck.check(Settings.of(Map.of()))).isEmpty();
    }

    @Test
    void shouldTellWhatIsAheadAndWhatBehind() {
        assertThat(BrokerCheck.clock(1_000, 1_010, 1_005).toText())
                .startsWith("ok ")
                .contains("within 10 ms");
        assertThat(BrokerCheck.clock(1_000, 1_010, 1_910).toText())
                .startsWith("ok ")
                .contains("900 ms ahead");
        assertThat(BrokerCheck.clock(100_000, 100_010, 95_000).toText())
                .startsWith("warn")
                .contains("5000 ms behind");
        assertThat(BrokerCheck.clock(100_000, 100_010, 105_010).toText())
                .startsWith("warn")
                .contains("5000 ms ahead");
    }
}
