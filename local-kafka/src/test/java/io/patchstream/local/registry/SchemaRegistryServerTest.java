package io.patchstream.local.registry;

import static io.patchstream.local.registry.RegistryClient.bodyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.local.registry.RegistryClient.Answer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaRegistryServerTest {

    private static final String CAT = record("{\"name\":\"label\",\"type\":\"string\"}");
    private static final String CAT_WITH_OPTIONAL_SCORE =
            record("{\"name\":\"label\",\"type\":\"string\"},{\"name\":\"score\",\"type\":\"float\",\"default\":0}");
    private static final String CAT_WITH_SCORE =
            record("{\"name\":\"label\",\"type\":\"string\"},{\"name\":\"score\",\"type\":\"float\"}");

    private SchemaRegistryServer server;
    private RegistryClient client;

    private static String record(String fields) {
        return "{\"type\":\"record\",\"name\":\"Cat\",\"namespace\":\"zoo\",\"fields\":[" + fields + "]}";
    }

    private static SchemaRegistryServer start(Optional<Path> log, Optional<BasicCredentials> credentials)
            throws IOException {
        return SchemaRegistryServer.start(
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), log, credentials);
    }

    @BeforeEach
    void start() throws IOException {
        server = start(Optional.empty(), Optional.empty());
        client = new RegistryClient(server.url());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private static void assertRefused(Answer answer, int status, int code, String message) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.errorCode()).isEqualTo(code);
        assertThat(answer.message()).contains(message);
        assertThat(answer.mediaType()).isEqualTo("application/vnd.schemaregistry.v1+json");
    }

    @Test
    void shouldGiveTheSameSchemaTheSameIdUnderEverySubject() {
        int id = client.register("cats-value", CAT);

        assertThat(client.register("cats-value", CAT)).isEqualTo(id);
        assertThat(client.register("other-value", CAT)).isEqualTo(id);
        assertThat(client.register("cats-key", "\"string\"")).isEqualTo(id + 1);
        assertThat(client.get("/schemas/ids/" + id).json().path("schema").asText())
                .isEqualTo(CAT);
        assertThat(client.get("/schemas/ids/" + id + "/schema").json().toString())
                .isEqualTo(CAT);
        assertThat(client.get("/schemas/ids/" + id + "/subjects").json())
                .hasToString("[\"cats-value\",\"other-value\"]");
        assertThat(client.get("/schemas/ids/" + id + "/versions").json())
                .hasToString(
                        "[{\"subject\":\"cats-value\",\"version\":1},{\"subject\":\"other-value\",\"version\":1}]");
        assertThat(client.get("/schemas/ids/" + id + "?fetchMaxId=true&subject=")
                        .json()
                        .path("maxId")
                        .asInt())
                .isEqualTo(id + 1);
    }

    @Test
    void shouldAnswerWithTheRegistrysMediaTypeWhateverIsAccepted() {
        Answer answer = client.send(client.request("/schemas/types")
                .header("Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")
                .header("Content-Type", "text/plain"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.mediaType()).isEqualTo("application/vnd.schemaregistry.v1+json");
        assertThat(answer.json()).hasToString("[\"AVRO\"]");
    }

    @Test
    void shouldDescribeVersions() {
        int first = client.register("cats-value", CAT);
        int second = client.register("cats-value", CAT_WITH_OPTIONAL_SCORE);

        assertThat(client.get("/subjects/cats-value/versions").json()).hasToString("[1,2]");
        for (String version : List.of("latest", "-1", "2")) {
            Answer answer = client.get("/subjects/cats-value/versions/" + version);
            assertThat(answer.json().path("subject").asText()).isEqualTo("cats-value");
            assertThat(answer.json().path("version").asInt()).isEqualTo(2);
            assertThat(answer.json().path("id").asInt()).isEqualTo(second);
            assertThat(answer.json().path("schema").asText()).contains("score");
        }
        assertThat(client.get("/subjects/cats-value/versions/1")
                        .json()
                        .path("id")
                        .asInt())
                .isEqualTo(first);
        assertThat(client.get("/subjects/cats-value/versions/1/schema").json()).hasToString(CAT);
    }

    @Test
    void shouldListSubjects() {
        client.register("b-value", CAT);
        client.register("a-value", CAT);
        client.register("gone-value", CAT);
        client.delete("/subjects/gone-value");

        assertThat(client.get("/subjects").json()).hasToString("[\"a-value\",\"b-value\"]");
        assertThat(client.get("/subjects?subjectPrefix=a").json()).hasToString("[\"a-value\"]");
        assertThat(client.get("/subjects?deleted=true").json()).hasToString("[\"a-value\",\"b-value\",\"gone-value\"]");
        assertThat(client.get("/subjects?deletedOnly=true").json()).hasToString("[\"gone-value\"]");
    }

    @Test
    void shouldLookUpASchemaUnderItsSubject() {
        int id = client.register("cats-value", CAT);

        Answer found = client.postSchema("/subjects/cats-value?normalize=false&deleted=true", CAT);
        assertThat(found.json().path("id").asInt()).isEqualTo(id);
        assertThat(found.json().path("version").asInt()).isEqualTo(1);
        assertRefused(client.postSchema("/subjects/dogs-value", CAT), 404, 40401, "Subject 'dogs-value' not found.");
        assertRefused(client.postSchema("/subjects/cats-value", "\"int\""), 404, 40403, "Schema not found");
    }

    @Test
    void shouldTellSchemasThatDifferInTheOrderOfPropertiesApartUnlessNormalized() {
        String zebraFirst = "{\"type\":\"string\",\"zebra\":1,\"ape\":{\"b\":1,\"a\":2}}";
        String apeFirst = "{\"type\":\"string\",\"ape\":{\"b\":1,\"a\":2},\"zebra\":1}";
        int id = client.register("a", zebraFirst);
        assertThat(client.register("b", apeFirst)).isNotEqualTo(id);

        Answer first = client.postSchema("/subjects/c/versions?normalize=true", zebraFirst);
        Answer second = client.postSchema("/subjects/c/versions?normalize=true", apeFirst);

        assertThat(first.json()).isEqualTo(second.json());
        assertThat(client.postSchema("/subjects/c?normalize=true", zebraFirst).status())
                .isEqualTo(200);
        assertThat(client.postSchema("/subjects/c", zebraFirst).errorCode()).isEqualTo(40403);
    }

    @Test
    void shouldKeepDefaultsAsTheyAreWhenNormalizing() {
        String schema = record("{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"int\"},"
                + "\"default\":{\"z\":1,\"a\":2},\"zoo\":1,\"ape\":2}");

        Answer answer = client.postSchema("/subjects/a/versions?normalize=true", schema);

        int id = answer.json().path("id").asInt();
        assertThat(client.get("/schemas/ids/" + id).json().path("schema").asText())
                .contains("\"default\":{\"z\":1,\"a\":2},\"ape\":2,\"zoo\":1");
    }

    @Test
    void shouldRefuseAnIncompatibleSchemaAndSayWhy() {
        client.register("cats-value", CAT);

        Answer refused = client.postSchema("/subjects/cats-value/versions", CAT_WITH_SCORE);

        assertRefused(refused, 409, 409, "incompatible with an earlier schema for subject \"cats-value\"");
        assertThat(refused.message())
                .contains(
                        "READER_FIELD_MISSING_DEFAULT_VALUE",
                        "/fields/1",
                        "score",
                        "{oldSchemaVersion: 1}",
                        "BACKWARD");
        assertThat(client.get("/subjects/cats-value/versions").json()).hasToString("[1]");
        client.put("/config/cats-value", "{\"compatibility\":\"NONE\"}");
        assertThat(client.postSchema("/subjects/cats-value/versions", CAT_WITH_SCORE)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void shouldTestCompatibilityWithoutRegistering() {
        client.register("cats-value", CAT);

        for (String path : List.of("latest", "1")) {
            String call = "/compatibility/subjects/cats-value/versions/" + path;
            assertThat(client.postSchema(call, CAT_WITH_OPTIONAL_SCORE).json()).hasToString("{\"is_compatible\":true}");
            assertThat(client.postSchema(call, CAT_WITH_SCORE).json()).hasToString("{\"is_compatible\":false}");
        }
        Answer verbose = client.postSchema("/compatibility/subjects/cats-value/versions?verbose=true", CAT_WITH_SCORE);
        assertThat(verbose.json().path("is_compatible").asBoolean()).isFalse();
        assertThat(verbose.json().path("messages").get(0).asText()).contains("score");
        assertThat(client.postSchema("/compatibility/subjects/new/versions/latest", CAT)
                        .json())
                .hasToString("{\"is_compatible\":true}");
        assertRefused(client.postSchema("/compatibility/subjects/new/versions/1", CAT), 404, 40402, "Version 1");
        assertRefused(
                client.postSchema("/compatibility/subjects/cats-value/versions/7", CAT), 404, 40402, "Version 7 not");
        assertThat(client.get("/subjects/cats-value/versions").json()).hasToString("[1]");
    }

    @ParameterizedTest
    @CsvSource({
        "/subjects/none/versions,            404, 40401, Subject 'none' not found.",
        "/subjects/none/versions/1,          404, 40401, Subject 'none' not found.",
        "/subjects/cats-value/versions/9,    404, 40402, Version 9 not found.",
        "/subjects/cats-value/versions/0,    422, 42202, is not a valid version id",
        "/subjects/cats-value/versions/last, 422, 42202, is not a valid version id",
        "/schemas/ids/77,                    404, 40403, Schema 77 not found",
        "/schemas/ids/x,                     404, 404,   is not a schema id",
        "/config/none,                       404, 40408, does not have subject-level compatibility configured",
        "/mode/none,                         404, 40409, does not have subject-level mode configured",
        "/nothing/here,                      404, 404,   HTTP 404 Not Found",
        "/associations/resources/-/cats?resourceType=topic&associationType=value, 404, 404, HTTP 404 Not Found",
        "/compatibility/subjects/cats-value/versions/1, 405, 405, HTTP 405 Method Not Allowed",
    })
    void shouldSayWhatIsNotThere(String path, int status, int code, String message) {
        client.register("cats-value", CAT);

        assertRefused(client.get(path), status, code, message);
    }

    @Test
    void shouldRefuseWhatIsNoAvroSchema() {
        String call = "/subjects/cats-value/versions";

        assertRefused(client.post(call, "{}"), 422, 42201, "Empty schema");
        assertRefused(client.postSchema(call, "  "), 422, 42201, "Empty schema");
        assertRefused(client.postSchema(call, "{\"type\":\"recrod\"}"), 422, 42201, "Invalid schema");
        assertRefused(client.postSchema(call, "{\"type\""), 422, 42201, "Invalid schema");
        assertRefused(
                client.postSchema(call, record("{\"name\":\"n\",\"type\":\"int\",\"default\":\"x\"}")),
                422,
                42201,
                "Invalid schema");
        assertRefused(
                client.post(call, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"syntax\"}"),
                422,
                42201,
                "this registry holds AVRO schemas only");
        assertRefused(client.post(call, "{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{}}"), 422, 42201, "ruleSet");
        assertRefused(client.post(call, "{\"schema\":"), 400, 400, "not JSON");
        assertRefused(client.post(call, "{\"schema\":\"\\\"int\\\"\",\"id\":7}"), 422, 42205, "not in import mode");
        assertThat(client.get("/subjects").json()).isEmpty();
    }

    @Test
    void shouldKeepLevelsGloballyAndForASubject() {
        assertThat(client.get("/config").json()).hasToString("{\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(client.put("/config", "{\"compatibility\":\"full\"}").json())
                .hasToString("{\"compatibility\":\"FULL\"}");
        assertThat(client.put("/config/cats", "{\"compatibility\":\"FORWARD_TRANSITIVE\"}")
                        .status())
                .isEqualTo(200);

        assertThat(client.get("/config").json()).hasToString("{\"compatibilityLevel\":\"FULL\"}");
        assertThat(client.get("/config/cats").json()).hasToString("{\"compatibilityLevel\":\"FORWARD_TRANSITIVE\"}");
        assertThat(client.get("/config/dogs?defaultToGlobal=true").json())
                .hasToString("{\"compatibilityLevel\":\"FULL\"}");
        assertThat(client.delete("/config/cats").json()).hasToString("{\"compatibilityLevel\":\"FORWARD_TRANSITIVE\"}");
        assertRefused(client.get("/config/cats"), 404, 40408, "'cats'");
        assertThat(client.delete("/config").json()).hasToString("{\"compatibilityLevel\":\"FULL\"}");
        assertThat(client.get("/config").json()).hasToString("{\"compatibilityLevel\":\"BACKWARD\"}");
        assertRefused(client.put("/config", "{\"compatibility\":\"SIDEWAYS\"}"), 422, 42203, "Valid values are none");
        assertRefused(client.put("/config", "{\"alias\":\"x\"}"), 422, 42203, "alias");
    }

    @Test
    void shouldRefuseChangesInReadOnlyMode() {
        client.register("cats-value", CAT);
        assertThat(client.get("/mode").json()).hasToString("{\"mode\":\"READWRITE\"}");

        assertThat(client.put("/mode/cats-value", "{\"mode\":\"READONLY\"}").json())
                .hasToString("{\"mode\":\"READONLY\"}");

        assertThat(client.get("/mode/cats-value").json()).hasToString("{\"mode\":\"READONLY\"}");
        assertThat(client.register("cats-value", CAT))
                .as("what is there already")
                .isEqualTo(1);
        assertRefused(
                client.postSchema("/subjects/cats-value/versions", CAT_WITH_OPTIONAL_SCORE), 422, 42205, "read-only");
        assertRefused(client.delete("/subjects/cats-value"), 422, 42205, "read-only");
        assertThat(client.register("other-value", CAT)).isEqualTo(1);
        assertThat(client.delete("/mode/cats-value").json()).hasToString("{\"mode\":\"READONLY\"}");
        assertThat(client.get("/mode/cats-value?defaultToGlobal=true").json()).hasToString("{\"mode\":\"READWRITE\"}");
        assertRefused(client.put("/mode", "{\"mode\":\"IMPORT\"}"), 422, 42204, "Invalid mode");
    }

    @Test
    void shouldDeleteAVersionSoftlyAndThenForGood() {
        int first = client.register("cats-value", CAT);
        int second = client.register("cats-value", CAT_WITH_OPTIONAL_SCORE);
        String call = "/subjects/cats-value/versions/2";

        assertRefused(client.delete(call + "?permanent=true"), 404, 40407, "was not deleted first");
        assertThat(client.delete("/subjects/cats-value/versions/latest").json()).hasToString("2");
        assertRefused(client.delete(call), 404, 40406, "was soft deleted");
        assertRefused(client.get(call), 404, 40402, "Version 2 not found");
        assertThat(client.get(call + "?deleted=true").json().path("id").asInt()).isEqualTo(second);
        assertThat(client.get("/subjects/cats-value/versions/latest")
                        .json()
                        .path("id")
                        .asInt())
                .isEqualTo(first);
        assertThat(client.get("/schemas/ids/" + second).status())
                .as("records stay readable")
                .isEqualTo(200);

        assertThat(client.delete(call + "?permanent=true").json()).hasToString("2");
        assertRefused(client.get("/schemas/ids/" + second), 404, 40403, "Schema " + second + " not found");
        assertThat(client.register("cats-value", CAT_WITH_OPTIONAL_SCORE))
                .as("never twice")
                .isEqualTo(second + 1);
    }

    @Test
    void shouldTakeTheLatestThatIsThereForLatest() {
        client.register("cats-value", CAT);
        client.register("cats-value", CAT_WITH_OPTIONAL_SCORE);
        client.delete("/subjects/cats-value/versions/2");

        assertThat(client.delete("/subjects/cats-value/versions/latest").json()).hasToString("1");
        assertRefused(client.delete("/subjects/cats-value/versions/latest"), 404, 40401, "'cats-value'");
    }

    @Test
    void shouldDeleteASubjectSoftlyAndThenForGood() {
        int id = client.register("cats-value", CAT);
        client.register("cats-value", CAT_WITH_OPTIONAL_SCORE);

        assertRefused(client.delete("/subjects/none"), 404, 40401, "'none'");
        assertRefused(client.delete("/subjects/cats-value?permanent=true"), 404, 40405, "was not deleted first");
        client.put("/config/cats-value", "{\"compatibility\":\"FULL\"}");
        assertThat(client.delete("/subjects/cats-value").json()).hasToString("[1,2]");
        assertRefused(client.get("/config/cats-value"), 404, 40408, "'cats-value'");
        assertRefused(client.delete("/subjects/cats-value"), 404, 40404, "was soft deleted");
        assertRefused(client.get("/subjects/cats-value/versions"), 404, 40401, "'cats-value'");
        assertRefused(client.postSchema("/subjects/cats-value", CAT), 404, 40401, "'cats-value'");
        assertThat(client.postSchema("/subjects/cats-value?deleted=true", CAT)
                        .json()
                        .path("id")
                        .asInt())
                .isEqualTo(id);

        assertThat(client.register("cats-value", CAT)).as("back under its id").isEqualTo(id);
        assertThat(client.get("/subjects/cats-value/versions").json()).hasToString("[3]");
        client.delete("/subjects/cats-value");
        assertThat(client.delete("/subjects/cats-value?permanent=true").json()).hasToString("[1,2,3]");
        assertThat(client.get("/subjects?deleted=true").json()).isEmpty();
    }

    @Test
    void shouldResolveReferencesAndKeepWhatIsReferredTo() {
        client.register("cat-type", CAT);
        String home =
                "{\"type\":\"record\",\"name\":\"Home\",\"namespace\":\"zoo\",\"fields\":[{\"name\":\"cat\",\"type\":\"Cat\"}]}";
        String references = "[{\"name\":\"zoo.Cat\",\"subject\":\"cat-type\",\"version\":1}]";
        String body = bodyOf(home).replace("{\"schema\"", "{\"references\":" + references + ",\"schema\"");
        assertRefused(client.postSchema("/subjects/home-value/versions", home), 422, 42201, "Invalid schema");

        int id = client.post("/subjects/home-value/versions", body)
                .json()
                .path("id")
                .asInt();

        Answer kept = client.get("/schemas/ids/" + id);
        assertThat(kept.json().path("schema").asText()).isEqualTo(home);
        assertThat(kept.json().path("references")).hasToString(references);
        assertThat(client.post("/subjects/home-value", body).json().path("id").asInt())
                .isEqualTo(id);
        assertThat(client.get("/subjects/cat-type/versions/1/referencedby").json())
                .hasToString("[" + id + "]");
        assertRefused(client.delete("/subjects/cat-type/versions/1"), 422, 42206, "references exist");
        assertRefused(client.delete("/subjects/cat-type"), 422, 42206, "references exist");
        assertRefused(
                client.post("/subjects/other/versions", body.replace("cat-type", "dog-type")),
                422,
                42201,
                "No schema reference found");
    }

    @Test
    void shouldTakeSubjectsWithAnyCharacter() {
        client.register("a%2Fb%20c+d%25", CAT);

        assertThat(client.get("/subjects").json()).hasToString("[\"a/b c+d%\"]");
        assertThat(client.get("/subjects/a%2Fb%20c+d%25/versions/latest")
                        .json()
                        .path("subject")
                        .asText())
                .isEqualTo("a/b c+d%");
    }

    @Test
    void shouldComeBackWithTheSameIdsLevelsAndDeletions(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("registry").resolve("changes.log");
        try (SchemaRegistryServer first = start(Optional.of(log), Optional.empty())) {
            RegistryClient before = new RegistryClient(first.url());
            before.register("cats-value", CAT);
            before.register("cats-value", CAT_WITH_OPTIONAL_SCORE);
            before.register("gone-value", "\"long\"");
            before.delete("/subjects/gone-value");
            before.delete("/subjects/gone-value?permanent=true");
            before.delete("/subjects/cats-value/versions/1");
            before.put("/config/cats-value", "{\"compatibility\":\"FULL\"}");
            before.put("/mode/x", "{\"mode\":\"READONLY\"}");
        }

        try (SchemaRegistryServer second = start(Optional.of(log), Optional.empty())) {
            RegistryClient after = new RegistryClient(second.url());
            assertThat(after.get("/subjects?deleted=true").json()).hasToString("[\"cats-value\"]");
            assertThat(after.get("/subjects/cats-value/versions").json()).hasToString("[2]");
            assertThat(after.get("/subjects/cats-value/versions?deleted=true").json())
                    .hasToString("[1,2]");
            assertThat(after.get("/schemas/ids/1").json().path("schema").asText())
                    .isEqualTo(CAT);
            assertThat(after.get("/config/cats-value").json()).hasToString("{\"compatibilityLevel\":\"FULL\"}");
            assertThat(after.get("/mode/x").json()).hasToString("{\"mode\":\"READONLY\"}");
            assertThat(after.register("new-value", "\"int\""))
                    .as("id 3 was given once")
                    .isEqualTo(4);
            assertThatThrownBy(() -> start(Optional.of(log), Optional.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another registry");
        }
    }

    @Test
    void shouldAskForCredentialsWhenItHasSome() throws IOException {
        try (SchemaRegistryServer guarded =
                start(Optional.empty(), Optional.of(new BasicCredentials("ada", "s:cret")))) {
            RegistryClient stranger = new RegistryClient(guarded.url());
            String right = Base64.getEncoder().encodeToString("ada:s:cret".getBytes(StandardCharsets.UTF_8));
            String wrong = Base64.getEncoder().encodeToString("ada:other".getBytes(StandardCharsets.UTF_8));

            assertRefused(stranger.get("/subjects"), 401, 401, "Unauthorized");
            assertRefused(
                    stranger.send(stranger.request("/subjects").header("Authorization", "Basic " + wrong)),
                    401,
                    401,
                    "Unauthorized");
            assertThat(stranger.send(stranger.request("/subjects").header("Authorization", "Basic " + right))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldListenOnItsOwnPortOnlyAndCloseTwice() throws IOException {
        InetSocketAddress taken =
                new InetSocketAddress("127.0.0.1", URI.create(server.url()).getPort());

        assertThatThrownBy(() -> SchemaRegistryServer.start(taken, Optional.empty(), Optional.empty()))
                .isInstanceOf(BindException.class);

        server.close();
        server.close();
        SchemaRegistryServer.start(taken, Optional.empty(), Optional.empty()).close();
    }
}
