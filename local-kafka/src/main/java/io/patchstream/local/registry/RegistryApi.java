package io.patchstream.local.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Confluent's REST calls: which one is it, and what does the registry answer. Knows no HTTP server. */
final class RegistryApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Optional<String> GLOBAL = Optional.empty();

    private final Registry registry;
    private final Router<Function<Call, String>> router = new Router<>();

    RegistryApi(Registry registry) {
        this.registry = registry;
        schemas();
        subjects();
        levels();
        modes();
        compatibility();
    }

    /** @return the answer's JSON */
    String answer(String method, String rawPath, Function<Router.Match<?>, Call> toCall) {
        Router.Match<Function<Call, String>> match = router.find(method, rawPath);
        return match.target().apply(toCall.apply(match));
    }

    private void answers(String methodAndPattern, Function<Call, JsonNode> handler) {
        router.add(methodAndPattern, call -> handler.apply(call).toString());
    }

    private void schemas() {
        answers("GET /", call -> JSON.objectNode());
        answers("GET /schemas/types", call -> texts(List.of("AVRO")));
        answers("GET /schemas/ids/{id}", this::schemaById);
        router.add(
                "GET /schemas/ids/{id}/schema",
                call -> registry.withId(call.id()).get(0).schema().avro());
        answers(
                "GET /schemas/ids/{id}/subjects",
                call -> texts(visible(registry.withId(call.id()), call.flag("deleted")).stream()
                        .map(SubjectVersion::subject)
                        .distinct()
                        .toList()));
        answers("GET /schemas/ids/{id}/versions", call -> {
            ArrayNode versions = JSON.arrayNode();
            visible(registry.withId(call.id()), call.flag("deleted"))
                    .forEach(it ->
                            versions.addObject().put("subject", it.subject()).put("version", it.version()));
            return versions;
        });
    }

    private JsonNode schemaById(Call call) {
        ObjectNode answer = JSON.objectNode();
        SchemaText schema = registry.withId(call.id()).get(0).schema();
        answer.put("schema", schema.avro());
        ChangeJson.writeReferences(schema.references()).ifPresent(it -> answer.set("references", it));
        if (call.flag("fetchMaxId")) {
            answer.put("maxId", registry.maxId());
        }
        return answer;
    }

    private static List<SubjectVersion> visible(List<SubjectVersion> versions, boolean deletedToo) {
        return versions.stream().filter(it -> deletedToo || !it.deleted()).toList();
    }

    private void subjects() {
        answers(
                "GET /subjects",
                call -> texts(registry.subjects(
                        call.query("subjectPrefix").orElse(""), call.flag("deleted"), call.flag("deletedOnly"))));
        answers(
                "POST /subjects/{subject}",
                call -> described(registry.lookUp(
                        call.subject(),
                        call.schema(),
                        call.references(),
                        call.flag("normalize"),
                        call.flag("deleted"))));
        answers(
                "DELETE /subjects/{subject}",
                call -> numbers(registry.deleteSubject(call.subject(), call.flag("permanent"))));
        answers("POST /subjects/{subject}/versions", this::register);
        answers(
                "GET /subjects/{subject}/versions",
                call -> numbers(registry.versions(call.subject(), call.flag("deleted")).stream()
                        .map(SubjectVersion::version)
                        .toList()));
        answers("GET /subjects/{subject}/versions/{version}", call -> described(version(call)));
        router.add(
                "GET /subjects/{subject}/versions/{version}/schema",
                call -> version(call).schema().avro());
        answers(
                "GET /subjects/{subject}/versions/{version}/referencedby",
                call -> numbers(registry.referringTo(version(call)).stream()
                        .map(SubjectVersion::id)
                        .distinct()
                        .toList()));
        answers(
                "DELETE /subjects/{subject}/versions/{version}",
                call -> IntNode.valueOf(
                        registry.deleteVersion(call.subject(), call.version(), call.flag("permanent"))));
    }

    private SubjectVersion version(Call call) {
        return registry.version(call.subject(), call.version(), call.flag("deleted"));
    }

    private JsonNode register(Call call) {
        if (call.body().path("id").asInt() > 0 || call.body().path("version").asInt() > 0) {
            throw new RegistryException(
                    42205, "Subject " + call.subject() + " is not in import mode: leave out \"id\" and \"version\"");
        }
        SubjectVersion version =
                registry.register(call.subject(), call.schema(), call.references(), call.flag("normalize"));
        return JSON.objectNode().put("id", version.id());
    }

    private static JsonNode described(SubjectVersion version) {
        ObjectNode answer = JSON.objectNode();
        answer.put("subject", version.subject())
                .put("version", version.version())
                .put("id", version.id())
                .put("schema", version.schema().avro());
        ChangeJson.writeReferences(version.schema().references()).ifPresent(it -> answer.set("references", it));
        return answer;
    }

    private void levels() {
        answers(
                "GET /config",
                call -> level("compatibilityLevel", registry.level(GLOBAL).orElseThrow()));
        answers("PUT /config", call -> setLevel(GLOBAL, call));
        answers("DELETE /config", call -> resetLevel(GLOBAL));
        answers(
                "GET /config/{subject}",
                call -> level(
                        "compatibilityLevel",
                        registry.level(Optional.of(call.subject()))
                                .or(() -> call.flag("defaultToGlobal") ? registry.level(GLOBAL) : Optional.empty())
                                .orElseThrow(() -> levelNotSet(call.subject()))));
        answers("PUT /config/{subject}", call -> setLevel(Optional.of(call.subject()), call));
        answers("DELETE /config/{subject}", call -> resetLevel(Optional.of(call.subject())));
    }

    private JsonNode setLevel(Optional<String> subject, Call call) {
        call.body().fieldNames().forEachRemaining(field -> {
            if (!field.equals("compatibility") && call.body().hasNonNull(field)) {
                throw new RegistryException(
                        42203, "This registry keeps no \"" + field + "\" in its config, only \"compatibility\"");
            }
        });
        Compatibility level = Compatibility.named(
                        call.body().path("compatibility").asText())
                .orElseThrow(() -> new RegistryException(
                        42203,
                        "Invalid compatibility level. Valid values are none, backward, forward, full,"
                                + " backward_transitive, forward_transitive, and full_transitive"));
        registry.setLevel(subject, Optional.of(level));
        return level("compatibility", level);
    }

    private JsonNode resetLevel(Optional<String> subject) {
        Compatibility before = registry.level(subject).orElseThrow(() -> levelNotSet(subject.orElseThrow()));
        registry.setLevel(subject, Optional.empty());
        return level("compatibilityLevel", before);
    }

    private static JsonNode level(String field, Compatibility level) {
        return JSON.objectNode().put(field, level.name());
    }

    private static RegistryException levelNotSet(String subject) {
        return new RegistryException(
                40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }

    private void modes() {
        answers("GET /mode", call -> mode(registry.mode(GLOBAL).orElseThrow()));
        answers("PUT /mode", call -> setMode(GLOBAL, call));
        answers(
                "GET /mode/{subject}",
                call -> mode(registry.mode(Optional.of(call.subject()))
                        .or(() -> call.flag("defaultToGlobal") ? registry.mode(GLOBAL) : Optional.empty())
                        .orElseThrow(() -> modeNotSet(call.subject()))));
        answers("PUT /mode/{subject}", call -> setMode(Optional.of(call.subject()), call));
        answers("DELETE /mode/{subject}", call -> {
            Mode before = registry.mode(Optional.of(call.subject())).orElseThrow(() -> modeNotSet(call.subject()));
            registry.setMode(Optional.of(call.subject()), Optional.empty());
            return mode(before);
        });
    }

    private JsonNode setMode(Optional<String> subject, Call call) {
        Mode mode = Mode.named(call.body().path("mode").asText())
                .orElseThrow(() -> new RegistryException(
                        42204, "Invalid mode. Valid values are READWRITE and READONLY; this registry has no others"));
        registry.setMode(subject, Optional.of(mode));
        return mode(mode);
    }

    private static JsonNode mode(Mode mode) {
        return JSON.objectNode().put("mode", mode.name());
    }

    private static RegistryException modeNotSet(String subject) {
        return new RegistryException(40409, "Subject '" + subject + "' does not have subject-level mode configured");
    }

    private void compatibility() {
        answers(
                "POST /compatibility/subjects/{subject}/versions",
                call -> verdict(
                        call,
                        registry.incompatibilities(
                                call.subject(), call.schema(), call.references(), call.flag("normalize"))));
        answers(
                "POST /compatibility/subjects/{subject}/versions/{version}",
                call -> verdict(
                        call,
                        registry.incompatibilitiesWith(
                                call.subject(),
                                call.version(),
                                call.schema(),
                                call.references(),
                                call.flag("normalize"))));
    }

    private static JsonNode verdict(Call call, List<String> reasons) {
        ObjectNode answer = JSON.objectNode().put("is_compatible", reasons.isEmpty());
        if (call.flag("verbose")) {
            answer.set("messages", texts(reasons));
        }
        return answer;
    }

    private static ArrayNode texts(Collection<String> values) {
        ArrayNode array = JSON.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static ArrayNode numbers(Collection<Integer> values) {
        ArrayNode array = JSON.arrayNode();
        values.forEach(array::add);
        return array;
    }
}
