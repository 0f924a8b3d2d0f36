package io.patchstream.stream.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    void shouldRefuseAPrincipalThatIsNone() {
        assertThat(Verb.run(Map.of(), "acls", "--principal", "me").exitCode()).isEqualTo(2);
    }
}
