package io.patchstream.schemas.describe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.TopicSpec.KeyContent;
import io.patchstream.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * The topics as an AsyncAPI 3.0 document, with Kafka's bindings and the Avro schemas as they are. Used once, by one thread.
 */
public final class AsyncApi {
    /** The release whose interface it is. */
    private static final String VERSION = "0.1.0";

    private static final String BINDING = "0.5.0";
    private static final String AVRO = "application/vnd.apache.avro+json;version=1.9.0";
    private static final Map<String, String> HEADERS = new TreeMap<>(Map.of(
            "__streams.errors.topic", "Where the record was read.",
            "__streams.errors.partition", "Its partition, as text.",
            "__streams.errors.offset", "Its offset, as text.",
            "__streams.errors.exception", "The class of the failure.",
            "__streams.errors.message", "What was wrong, in words.",
            "patchstream.stage", "Where it was found: such as READ or DECODE.",
            "patchstream.code", "What was wrong, as a code.",
            "patchstream.model.sha256", "The model in force, by its SHA-256."));

    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final ObjectNode channels;
    private final ObjectNode operations;
    private final ObjectNode messages;

    private AsyncApi() {
        root.put("asyncapi", "3.0.0");
        ObjectNode info = root.putObject("info");
        info.put("title", "Patchstream");
        info.put("version", VERSION);
        info.put(
                "description",
                "Frames in, labels, embeddings, dead letters and drops out, on Kafka. Consumers of answers must"
                        + " read committed records only.");
        info.putObject("license").put("name", "Apache-2.0").put("url", "https://www.apache.org/licenses/LICENSE-2.0");
        root.put("defaultContentType", "application/avro");
        channels = root.putObject("channels");
        operations = root.putObject("operations");
        messages = root.putObject("components").putObject("messages");
    }

    /**
     * The document.
     *
     * @param received topics that the processor reads
     * @param sent topics that it writes
     */
    public static ObjectNode document(List<TopicSpec> received, List<TopicSpec> sent) {
        AsyncApi document = new AsyncApi();
        received.forEach(topic -> document.add(topic, "receive"));
        sent.forEach(topic -> document.add(topic, "send"));
        return document.root;
    }

    /** The document as YAML. */
    public static String yaml(List<TopicSpec> received, List<TopicSpec> sent) {
        return "# Generated; do not edit. To write it again: ./patchstream topics describe --asyncapi >"
                + " docs/asyncapi.yaml\n"
                + new Yaml(document(received, sent)).text();
    }

    private void add(TopicSpec topic, String action) {
        String id = topic.name().replaceAll("[^A-Za-z0-9]+", "-");
        String message = topic.value().map(Schema::getName).orElse("bytes-of-" + id);
        ObjectNode channel = channels.putObject(id);
        channel.put("address", topic.name());
        channel.put("description", topic.doc());
        reference(channel.putObject("messages").putObject(message), "#/components/messages/" + message);
        channel.putObject("bindings").set("kafka", binding(topic));
        ObjectNode operation = operations.putObject(action + "-" + id);
        operation.put("action", action);
        reference(operation.putObject("channel"), "#/channels/" + id);
        operation.put("summary", topic.doc());
        reference(operation.putArray("messages").addObject(), "#/channels/" + id + "/messages/" + message);
        if (!messages.has(message)) {
            message(messages.putObject(message), topic);
        }
    }

    private static void reference(ObjectNode from, String to) {
        from.put("$ref", to);
    }

    private static ObjectNode binding(TopicSpec topic) {
        ObjectNode kafka = JsonNodeFactory.instance.objectNode();
        kafka.put("topic", topic.name());
        ObjectNode configuration = kafka.putObject("topicConfiguration");
        ArrayNode policy = configuration.putArray("cleanup.policy");
        for (String part : topic.cleanUp().policy().split(",")) {
            policy.add(part);
        }
        configuration.put("max.message.bytes", topic.maxMessageBytes());
        kafka.put("bindingVersion", BINDING);
        return kafka;
    }

    private static void message(ObjectNode message, TopicSpec topic) {
        topic.value()
                .ifPresentOrElse(
                        value -> {
                            message.put("name", value.getFullName());
                            message.put("title", value.getName());
                            message.put("summary", value.getDoc());
                            message.put("contentType", "application/avro");
                            ObjectNode payload = message.putObject("payload");
                            payload.put("schemaFormat", AVRO);
                            payload.set("schema", Defaults.tree(value));
                        },
                        () -> {
                            message.put("title", topic.doc());
                            message.put("contentType", "application/octet-stream");
                            message.putObject("payload").put("description", topic.doc());
                            // Of what stays as it came, only dead letters may be as large as frames.
                            if (topic.key() == KeyContent.AS_IT_CAME && topic.maxMessageBytes() > Topics.ANSWER_BYTES) {
                                headers(message.putObject("headers"));
                            }
                        });
        ObjectNode kafka = message.putObject("bindings").putObject("kafka");
        kafka.putObject("key").put("type", "string").put("description", key(topic.key()));
        if (topic.value().isPresent()) {
            kafka.put("schemaIdLocation", "payload");
            kafka.put("schemaIdPayloadEncoding", "confluent");
        }
        kafka.put("bindingVersion", BINDING);
    }

    private static void headers(ObjectNode headers) {
        headers.put("type", "object");
        ObjectNode properties = headers.putObject("properties");
        HEADERS.forEach(
                (name, says) -> properties.putObject(name).put("type", "string").put("description", says));
    }

    private static String key(KeyContent key) {
        return switch (key) {
            case CAMERA_ID -> "The camera's id, UTF-8.";
            case POINT_ID -> "The point's id, a UUID as text.";
            case SOURCE_PARTITION -> "Source topic, a dash, source partition.";
            case MODEL_SLOT -> "The slot that the model is for, UTF-8.";
            case AS_IT_CAME -> "The key of the record that it is about, byte for byte.";
        };
    }
}
