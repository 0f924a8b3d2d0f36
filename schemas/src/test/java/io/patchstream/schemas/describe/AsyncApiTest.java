package io.patchstream.schemas.describe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class AsyncApiTest {
    private static final Topics TOPICS = Topics.standard();
    private static final List<TopicSpec> RECEIVED = List.of(TOPICS.frames());
    private static final List<TopicSpec> SENT =
            TOPICS.all().subList(1, TOPICS.all().size());

    private final ObjectNode document = AsyncApi.document(RECEIVED, SENT);

    /** Every {@code $ref} below {@code node}. */
    private static List<String> references(JsonNode node) {
        List<String> references = new ArrayList<>();
        if (node.has("$ref")) {
            references.add(node.get("$ref").asText());
        }
        node.forEach(child -> references.addAll(references(child)));
        return references;
    }

    @Test
    void shouldReferToWhatIsInIt() {
        assertThat(references(document))
                .hasSizeGreaterThanOrEqualTo(18)
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isObject())
                        .as(reference)
                        .isTrue());
    }

    @Test
    void shouldHoldEachSchemaAsItIs() {
        JsonNode schema = document.at("/components/messages/Classification/payload/schema");
        assertThat(new Schema.Parser().parse(schema.toString())).isEqualTo(Classification.getClassSchema());
        assertThat(document.at("/channels/patchstream-labels/address").asText()).isEqualTo("patchstream.labels");
        assertThat(document.at("/operations/receive-patchstream-frames/action").asText())
                .isEqualTo("receive");
        assertThat(document.at("/channels/patchstream-ledger/bindings/kafka/topicConfiguration/cleanup.policy"))
                .hasSize(2);
    }

    /** By a reader of YAML that is none of ours. */
    @Test
    void shouldBeTheSameAsYaml() {
        String yaml = AsyncApi.yaml(RECEIVED, SENT);
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object read = new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).load(yaml);
        assertThat(new ObjectMapper().<JsonNode>valueToTree(read)).isEqualTo(document);
    }

    @Test
    void shouldKeepTextsThatYamlWouldTakeForSomethingElse() throws Exception {
        JsonNode tree = new ObjectMapper()
                .readTree("{\"no\": \"no\", \"a: b\": [\"1\", [], {}, [[2], {\"x\": \"#y\\n\\u2028\"}]], \"\": null}");
        Object read = new org.yaml.snakeyaml.Yaml(new SafeConstructor(new LoaderOptions())).load(new Yaml(tree).text());
        assertThat(new ObjectMapper().<JsonNode>valueToTree(read)).isEqualTo(tree);
    }
}
