package io.patchstream.stream.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AclsCommandTest {
    private static final String ADD =
            "kafka-acls.sh --bootstrap-server localhost:9092 --add --allow-principal 'User:X' --operation ";

    @Test
    void shouldPrintTheLeastThatRunNeeds() {
        Verb said = Verb.run(Map.of("input.topics", "a,b"), "acls", "--application-id", "X");
        assertThat(said.exitCode()).isZero();
        assertThat(said.text().lines())
                .containsExactly(
                        ADD + "Read --topic a",
                        ADD + "Read --topic b",
                        ADD + "Write --topic patchstream.labels",
                        ADD + "Write --topic patchstream.embeddings",
                        ADD + "Write --topic patchstream.dead-letters",
                        ADD + "Write --topic patchstream.drops",
                        ADD + "Read --group X",
                        ADD + "Write --transactional-id X- --resource-pattern-type prefixed");
    }

    @Test
    void shouldAddWhatUncertainPicturesNeed() {
        Verb said = Verb.run(Map.of("uncertain.margin", "0.1"), "acls", "--application-id", "X");
        assertThat(said.text().lines())
                .contains(
                        ADD + "Write --topic patchstream.uncertain",
                        ADD + "Read --topic X-uncertain-changelog",
                        ADD + "Write --topic X-uncertain-changelog",
                        ADD + "Create --topic X-uncertain-changelog");
    }

    @Test
    void shouldAddWhatAlarmsNeed(@TempDir Path folder) throws Exception {
        Path rules = Files.writeString(folder.resolve("rules.properties"), "rule.cat.labels=cat");
        Verb said = Verb.run(Map.of("rules.file", rules.toString()), "acls", "--application-id", "X");
        assertThat(said.text().lines())
                .contains(
                        ADD + "Write --topic patchstream.alarms",
                        ADD + "Read --topic X-rules-changelog",
                        ADD + "Write --topic X-rules-changelog",
                        ADD + "Create --topic X-rules-changelog");
    }

    @Test
    void shouldLetTheLedgerReadWhatIsBesideAnswers(@TempDir Path folder) throws Exception {
        Path rules = Files.writeString(folder.resolve("rules.properties"), "rule.cat.labels=cat");
        Verb said = Verb.run(
                Map.of("rules.file", rules.toString(), "uncertain.margin", "0.1"),
                "acls",
                "--application-id",
                "X",
                "--for",
                "ledger");
        assertThat(said.text().lines())
                .hasSize(8)
                .contains(ADD + "Read --topic patchstream.uncertain", ADD + "Read --topic patchstream.alarms");
    }

    @Test
    void shouldPrintItAsData() throws Exception {
        Verb said = Verb.run(
                Map.of(), "acls", "--application-id", "X", "--principal", "User:CN=eye", "--for", "ledger", "--json");
        JsonNode acls = new ObjectMapper().readTree(said.text());
        assertThat(acls).hasSize(6);
        JsonNode last = acls.get(5);
        assertThat(last.get("principal").asText()).isEqualTo("User:CN=eye");
        assertThat(last.get("operation").asText()).isEqualTo("Describe");
        assertThat(last.get("resource_type").asText()).isEqualTo("group");
        assertThat(last.get("pattern_type").asText()).isEqualTo("literal");
        assertThat(last.get("name").asText()).isEqualTo("X");
    }

    @Test
    void shouldAddTheLedgersOwnTopicForWhoWritesIt() {
        Verb check = Verb.run(Map.of(), "acls", "--application-id", "X", "--for", "ledger");
        Verb write = Verb.run(
                Map.of(), "acls", "--application-id", "X", "--for", "ledger-write", "--ledger", "audit.ledger");
        assertThat(write.exitCode()).isZero();
        List<String> both = new ArrayList<>(check.text().lines().toList());
        both.add(ADD + "Read --topic audit.ledger");
        both.add(ADD + "Write --topic audit.ledger");
        assertThat(write.text().lines()).containsExactlyElementsOf(both);
        assertThat(Verb.run(Map.of(), "acls", "--for", "ledger-write").text())
                .contains("--operation Write --topic patchstream.ledger");
    }

    @Test
    void shouldPrintWhatAReaderOfLabelsNeeds() {
        Verb said = Verb.run(
                Map.of("output.labels", "answers"),
                "acls",
                "--principal",
                "User:X",
                "--for",
                "labels",
                "--group",
                "report");
        assertThat(said.exitCode()).isZero();
        assertThat(said.text().lines()).containsExactly(ADD + "Read --topic answers", ADD + "Read --group report");
    }

    @Test
    void shouldPrintWhatAWebhookNeeds() {
        assertThat(Verb.run(Map.of("output.alarms", "bells"), "acls", "--application-id", "X", "--for", "alarms")
                        .text()
                        .lines())
                .containsExactly(ADD + "Read --topic bells", ADD + "Read --group X-webhook");
        assertThat(Verb.run(Map.of(), "acls", "--application-id", "X", "--for", "alarms", "--group", "pager")
                        .text())
                .contains("--operation Read --group pager");
    }

    @Test
    void shouldRefuseReadersWithoutAGroupAndNamesThatAShellWouldTakeApart() {
        Verb none = Verb.run(Map.of(), "acls", "--for", "labels");
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.text()).contains("--group is missing");
        for (String name : List.of("a b", "$(id)", "")) {
            assertThat(Verb.run(Map.of(), "acls", "--for", "labels", "--group", name)
                            .exitCode())
                    .isEqualTo(2);
            assertThat(Verb.run(Map.of(), "acls", "--for", "ledger-write", "--ledger", name)
                            .exitCode())
                    .isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseAPrincipalThatIsNone() {
        assertThat(Verb.run(Map.of(), "acls", "--principal", "me").exitCode()).isEqualTo(2);
    }
}
