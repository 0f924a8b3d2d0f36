package io.patchstream.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * A registry that speaks Confluent's REST API: Confluent's own, Apicurio's under {@code /apis/ccompat/v7}, Karapace, or the
 * embedded one. Shared between threads; it keeps no schemas, the serde does.
 */
public final class HttpSchemaRegistry implements SchemaRegistry {
    private static final int NO_SUCH_SUBJECT = 40401;
    private static final int INCOMPATIBLE = 409;

    private final ObjectMapper json = new ObjectMapper();
    private final RegistryConnection connection;

    public HttpSchemaRegistry(SchemaRegistryConfig config) {
        this.connection = new RegistryConnection(config);
    }

    @Override
    public int register(String subject, Schema schema, boolean normalize) {
        return post("/subjects/" + encoded(subject) + "/versions?normalize=" + normalize, subject, schema);
    }

    @Override
    public int idOf(String subject, Schema schema, boolean normalize) {
        return post("/subjects/" + encoded(subject) + "?normalize=" + normalize + "&deleted=false", subject, schema);
    }

    @Override
    public RegisteredSchema latest(String subject) {
        JsonNode latest = get("/subjects/" + encoded(subject) + "/versions/latest", "subject " + subject);
        return new RegisteredSchema(latest.path("id").asInt(), parse(latest, "subject " + subject));
    }

    /** The numbers of a subject's versions, the oldest first. */
    public List<Integer> versions(String subject) {
        String what = "subject " + subject;
        JsonNode versions = get("/subjects/" + encoded(subject) + "/versions", what);
        if (!versions.isArray()) {
            throw new SchemaRegistryException(200, what + ": the registry's list of versions is no list");
        }
        List<Integer> numbers = new ArrayList<>();
        versions.forEach(version -> numbers.add(version.asInt()));
        return numbers;
    }

    @Override
    public Schema byId(int id) {
        String what = "schema id " + id;
        return parse(get("/schemas/ids/" + id + "?fetchMaxId=false", what), what);
    }

    private int post(String path, String subject, Schema schema) {
        String body = json.createObjectNode().put("schema", schema.toString()).toString();
        String what = "subject " + subject + ", schema " + schema.getFullName();
        JsonNode answer = read(connection.exchange("POST", path, body), what);
        if (!answer.path("id").isInt()) {
            throw new SchemaRegistryException(
                    200,
                    what + ": the registry's answer has no id; is " + SchemaRegistryConfig.URL
                            + " the address of a registry?");
        }
        return answer.get("id").asInt();
    }

    private JsonNode get(String path, String what) {
        return read(connection.exchange("GET", path, null), what);
    }

    private Schema parse(JsonNode answer, String what) {
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new SchemaRegistryException(200, what + " is a " + type + " schema; only Avro can be read");
        }
        Schema.Parser parser = new Schema.Parser();
        // Others' schemas are read as they are: Avro once allowed defaults that it now refuses.
        parser.setValidateDefaults(false);
        try {
            parseReferences(answer, parser, what);
            return parser.parse(answer.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw new SchemaRegistryException(200, what + " does not parse as an Avro schema: " + e.getMessage());
        }
    }

    /** Named types that a schema borrows from other subjects, theirs before itself; one that is there already is known. */
    private void parseReferences(JsonNode answer, Schema.Parser parser, String what) {
        for (JsonNode reference : answer.path("references")) {
            if (!parser.getTypes().containsKey(reference.path("name").asText())) {
                String subject = reference.path("subject").asText();
                int version = reference.path("version").asInt();
                String from = what + ", reference to subject " + subject + ", version " + version;
                JsonNode borrowed = get("/subjects/" + encoded(subject) + "/versions/" + version, from);
                parseReferences(borrowed, parser, from);
                parser.parse(borrowed.path("schema").asText());
            }
        }
    }

    private JsonNode read(HttpResponse<byte[]> response, String what) {
        int status = response.statusCode();
        String registry = RegistryConnection.baseOf(response);
        JsonNode answer;
        try {
            answer = json.readTree(response.body());
        } catch (JsonProcessingException e) {
            answer = json.missingNode();
        } catch (IOException e) {
            throw new AssertionError("bytes in memory are always readable", e);
        }
        if (status / 100 == 2 && answer.isContainerNode()) {
            return answer;
        }
        if (status / 100 == 2) {
            throw new SchemaRegistryException(
                    status,
                    what + ": " + registry + " answers " + status + " with something that is not JSON; is "
                            + SchemaRegistryConfig.URL + " the address of a registry?");
        }
        int code = answer.path("error_code").asInt(status);
        String said = answer.path("message").asText("HTTP " + status);
        throw new SchemaRegistryException(
                code,
                what + ": the schema registry at " + registry + " " + meaning(code, status) + " (" + code + "): "
                        + said);
    }

    private static String meaning(int code, int status) {
        return switch (code) {
            case SchemaRegistryException.UNKNOWN_SCHEMA -> "does not know this schema";
            case NO_SUCH_SUBJECT -> "does not know this subject";
            case INCOMPATIBLE -> "refuses the schema as incompatible with an earlier one of the subject";
            default ->
                switch (status) {
                    case 401, 403 ->
                        "does not let us in; see " + SchemaRegistryConfig.BASIC_SOURCE + " and "
                                + SchemaRegistryConfig.BEARER_SOURCE;
                    case 301, 302, 307, 308 -> "has moved; set " + SchemaRegistryConfig.URL + " to where it is now";
                    default -> "refuses";
                };
        };
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
