package io.patchstream.local.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call of the REST API, taken apart.
 *
 * @param variables what stands in the path at the places of its pattern
 * @param query decoded; the first value of each name
 * @param body an empty object when there is none
 */
record Call(Map<String, String> variables, Map<String, String> query, JsonNode body) {

    String variable(String name) {
        return variables.get(name);
    }

    String subject() {
        return variable("subject");
    }

    String version() {
        return variable("version");
    }

    int id() {
        try {
            return Integer.parseInt(variable("id"));
        } catch (NumberFormatException notANumber) {
            throw new RegistryException(404, "'" + variable("id") + "' is not a schema id", notANumber);
        }
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(query.get(name));
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** The schema that the body carries; refuses what this registry would have to leave out. */
    String schema() {
        String type = body.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw RegistryException.invalidSchema(
                    "Schema type " + type + " is not known here: this registry holds AVRO schemas only");
        }
        for (String unsupported : List.of("metadata", "ruleSet")) {
            if (body.hasNonNull(unsupported)) {
                throw RegistryException.invalidSchema(
                        "This registry does not keep \"" + unsupported + "\" with a schema; leave it out");
            }
        }
        return body.path("schema").textValue();
    }

    List<SchemaReference> references() {
        return ChangeJson.readReferences(body.path("references"));
    }
}
