package io.patchstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.serde.ScriptedRegistry.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSchemaRegistryTest {
    @Test
    void shouldRegisterAsConfluentsClientDoes() throws IOException {
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "{\"id\":7}")) {
            int id = registry(server.url(), Map.of()).register("a topic/ü-value", Records.TAG, true);

            assertThat(id).isEqualTo(7);
            assertThat(server.requests()).singleElement().satisfies(request -> {
                assertThat(request).hasToString("POST /subjects/a%20topic%2F%C3%BC-value/versions?normalize=true");
                assertThat(request.authorization()).isNull();
                assertThat(new ObjectMapper()
                                .readTree(request.body())
                                .get("schema")
                                .asText())
                        .isEqualTo(Records.TAG.toString());
            });
        }
    }

    @Test
    void shouldLookUpWithoutRegisteringWhenToldSo() {
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "{\"id\":7,\"version\":1}")) {
            AvroSerializer<Frame> serializer = new AvroSerializer<>();
            serializer.configure(Map.of("schema.registry.url", server.url(), "auto.register.schemas", "false"), false);

            byte[] first = serializer.serialize("frames", Records.frame(new byte[1]));
            serializer.serialize("frames", Records.frame(new byte[2]));

            assertThat(first).startsWith(0, 0, 0, 0, 7);
            assertThat(server.requests())
                    .extracting(Object::toString)
                    .containsExactly("POST /subjects/frames-value?normalize=false&deleted=false");
        }
    }

    @Test
    void shouldAskForEachIdOnce() {
        AvroSerializer<Frame> serializer = new AvroSerializer<>(new InMemorySchemaRegistry());
        byte[] record = serializer.serialize("frames", Records.frame(new byte[1]));
        try (ScriptedRegistry server = ScriptedRegistry.always(200, schemaAnswer(Frame.getClassSchema()))) {
            AvroDeserializer<Frame> deserializer = new AvroDeserializer<>(Frame.class);
            deserializer.configure(Map.of("schema.registry.url", server.url() + "/apis/ccompat/v7/"), false);

            for (int i = 0; i < 3; i++) {
                assertThat(deserializer.deserialize("frames", record)).isEqualTo(Records.frame(new byte[1]));
            }

            assertThat(server.requests())
                    .extracting(Object::toString)
                    .containsExactly("GET /apis/ccompat/v7/schemas/ids/1?fetchMaxId=false");
        }
    }

    @Test
    void shouldReadASchemaThatBorrowsTypesFromOtherSubjects() {
        String outer =
                "{\"type\":\"record\",\"name\":\"Outer\",\"fields\":[{\"name\":\"inner\",\"type\":\"test.Inner\"}]}";
        String inner = "{\"type\":\"record\",\"name\":\"Inner\",\"namespace\":\"test\",\"fields\":[]}";
        try (ScriptedRegistry server =
                new ScriptedRegistry(request -> request.uri().getPath().startsWith("/schemas")
                        ? new Answer(
                                200,
                                "{\"schema\":" + quoted(outer)
                                        + ",\"references\":[{\"name\":\"test.Inner\",\"subject\":\"inners\",\"version\":4}]}")
                        : new Answer(200, "{\"schema\":" + quoted(inner) + "}"))) {
            Schema schema = registry(server.url(), Map.of()).byId(3);

            assertThat(schema.getField("inner").schema().getFullName()).isEqualTo("test.Inner");
            assertThat(server.requests()).last().hasToString("GET /subjects/inners/versions/4");
        }
    }

    @Test
    void shouldNameTheIdAndTheRegistryThatDoesNotKnowIt() {
        String body = "{\"error_code\":40403,\"message\":\"Schema not found\"}";
        try (ScriptedRegistry server = ScriptedRegistry.always(404, body)) {
            SchemaRegistry registry = registry(server.url(), Map.of());

            assertThatThrownBy(() -> registry.byId(99))
                    .isInstanceOf(SerializationException.class)
                    .isInstanceOfSatisfying(
                            SchemaRegistryException.class,
                            e -> assertThat(e.isUnknownSchema()).isTrue())
                    .hasMessage("schema id 99: the schema registry at " + server.url()
                            + " does not know this schema (40403): Schema not found");
        }
    }

    @Test
    void shouldNameTheSubjectOfAnIncompatibleSchema() {
        String body = "{\"error_code\":409,\"message\":\"READER_FIELD_MISSING_DEFAULT_VALUE at /fields/2\"}";
        try (ScriptedRegistry server = ScriptedRegistry.always(409, body)) {
            SchemaRegistry registry = registry(server.url(), Map.of());

            assertThatThrownBy(() -> registry.register("tags-value", Records.TAG, false))
                    .isInstanceOfSatisfying(
                            SchemaRegistryException.class,
                            e -> assertThat(e.errorCode()).isEqualTo(409))
                    .hasMessageContaining("subject tags-value, schema test.Tag")
                    .hasMessageContaining("incompatible")
                    .hasMessageContaining("READER_FIELD_MISSING_DEFAULT_VALUE");
        }
    }

    @Test
    void shouldSayWhichSubjectIsMissing() {
        String body = "{\"error_code\":40401,\"message\":\"Subject 'x-value' not found.\"}";
        try (ScriptedRegistry server = ScriptedRegistry.always(404, body)) {
            SchemaRegistry registry = registry(server.url(), Map.of());

            assertThatThrownBy(() -> registry.latest("x-value"))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("subject x-value")
                    .hasMessageContaining("does not know this subject");
        }
    }

    @Test
    void shouldListVersions() {
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "[1,2,7]")) {
            HttpSchemaRegistry registry =
                    new HttpSchemaRegistry(SchemaRegistryConfig.parse(Map.of("schema.registry.url", server.url())));

            assertThat(registry.versions("x-value")).containsExactly(1, 2, 7);
        }
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "{}")) {
            HttpSchemaRegistry registry =
                    new HttpSchemaRegistry(SchemaRegistryConfig.parse(Map.of("schema.registry.url", server.url())));

            assertThatThrownBy(() -> registry.versions("x-value")).hasMessageContaining("no list");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void shouldPointToTheSettingsWhenItIsNotLetIn(int status) {
        try (ScriptedRegistry server = ScriptedRegistry.always(status, "no")) {
            SchemaRegistry registry = registry(
                    server.url(),
                    Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "ann:s3cret"));

            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("basic.auth.credentials.source")
                    .hasMessageNotContaining("s3cret")
                    .hasMessageNotContaining("ann");
        }
    }

    @Test
    void shouldNotFollowARedirectWithTheCredentials() {
        try (ScriptedRegistry server = ScriptedRegistry.always(301, "")) {
            SchemaRegistry registry = registry(server.url(), Map.of());

            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("has moved");
        }
    }

    @Test
    void shouldSayWhenTheAddressIsNotARegistrys() {
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "<html>hello</html>")) {
            SchemaRegistry registry = registry(server.url(), Map.of());

            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("not JSON")
                    .hasMessageContaining("schema.registry.url");
        }
    }

    @Test
    void shouldSayThatAProtobufSchemaIsNotAvro() {
        try (ScriptedRegistry server =
                ScriptedRegistry.always(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"message X {}\"}")) {
            SchemaRegistry registry = registry(server.url(), Map.of());

            assertThatThrownBy(() -> registry.byId(8))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessage("schema id 8 is a PROTOBUF schema; only Avro can be read");
        }
    }

    @Test
    void shouldTryTheNextRegistryAndStayWithIt() throws IOException {
        String dead = "http://localhost:" + unusedPort();
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "{\"id\":7}")) {
            SchemaRegistry registry = registry(dead + ", " + server.url(), Map.of());

            assertThat(registry.register("s", Records.TAG, false)).isEqualTo(7);
            assertThat(registry.register("s", Records.TAG, false)).isEqualTo(7);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void shouldTryTheNextRegistryWhenOneIsOverloaded() {
        try (ScriptedRegistry busy = ScriptedRegistry.always(503, "");
                ScriptedRegistry well = ScriptedRegistry.always(200, "{\"id\":7}")) {
            SchemaRegistry registry = registry(busy.url() + "," + well.url(), Map.of());

            assertThat(registry.register("s", Records.TAG, false)).isEqualTo(7);
            assertThat(registry.register("s", Records.TAG, false)).isEqualTo(7);

            assertThat(busy.requests()).hasSize(1);
        }
    }

    @Test
    void shouldTryAgainUntilTheRegistryIsBack() {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedRegistry server = new ScriptedRegistry(
                request -> asked.incrementAndGet() < 3 ? new Answer(503, "") : new Answer(200, "{\"id\":7}"))) {
            SchemaRegistry registry = registry(server.url(), Map.of("max.retries", 2));

            assertThat(registry.register("s", Records.TAG, false)).isEqualTo(7);
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void shouldNameEveryRegistryThatDoesNotAnswerAndNoPassword() throws IOException {
        String one = "localhost:" + unusedPort();
        try (ScriptedRegistry busy = ScriptedRegistry.always(503, "")) {
            SchemaRegistry registry =
                    registry("http://ann:s3cret@" + one + ",http://bob:s3cret@" + busy.authority(), Map.of());

            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(SchemaRegistryUnavailableException.class)
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("GET /schemas/ids/1")
                    .hasMessageContaining("http://" + one + " (java.net.ConnectException")
                    .hasMessageContaining("http://" + busy.authority() + " (HTTP 503)")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void shouldLetAnOutageThroughTheDeserializerAsItIs() throws IOException {
        AvroDeserializer<Frame> deserializer = new AvroDeserializer<>(Frame.class);
        deserializer.configure(config("http://localhost:" + unusedPort(), Map.of()), false);

        assertThatThrownBy(() -> deserializer.deserialize("frames", new byte[] {0, 0, 0, 0, 1, 2}))
                .isInstanceOf(SchemaRegistryUnavailableException.class);
    }

    @Test
    void shouldGiveUpOnARegistryThatSaysNothing() {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedRegistry silent = new ScriptedRegistry(request -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Answer(200, "{}");
        })) {
            SchemaRegistry registry = registry(silent.url(), Map.of("schema.registry.request.timeout.ms", "100"));

            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(SchemaRegistryUnavailableException.class)
                    .hasMessageContaining("no answer within 100 ms");
            never.countDown();
        }
    }

    @Test
    void shouldKeepTheInterruptOfAThreadThatIsStopped() {
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "{\"id\":7}")) {
            SchemaRegistry registry = registry(server.url(), Map.of());
            Thread.currentThread().interrupt();

            Throwable thrown = catchThrowable(() -> registry.byId(1));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(thrown).isInstanceOf(InterruptException.class);
        }
    }

    @Test
    void shouldSendTheUserOfTheSetting() {
        Map<String, String> user = Map.of(
                "schema.registry.basic.auth.credentials.source", "USER_INFO",
                "schema.registry.basic.auth.user.info", "ann:s3:cret");

        // base64 of "ann:s3:cret"
        assertThat(authorizationSent("http://", user)).isEqualTo("Basic YW5uOnMzOmNyZXQ=");
    }

    @Test
    void shouldSendTheUserOfTheUrl() {
        // base64 of "ann:s3@+cret"
        assertThat(authorizationSent("http://ann:s3%40+cret@", Map.of())).isEqualTo("Basic YW5uOnMzQCtjcmV0");
    }

    @Test
    void shouldSendTheToken() {
        Map<String, String> token =
                Map.of("bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", "abc.def");

        assertThat(authorizationSent("http://", token)).isEqualTo("Bearer abc.def");
    }

    private static String authorizationSent(String urlStart, Map<String, ?> settings) {
        try (ScriptedRegistry server = ScriptedRegistry.always(200, "{\"id\":7}")) {
            registry(urlStart + server.authority(), settings).register("s", Records.TAG, false);
            return server.requests().get(0).authorization();
        }
    }

    static SchemaRegistry registry(String urls, Map<String, ?> settings) throws ConfigException {
        return new HttpSchemaRegistry(SchemaRegistryConfig.parse(config(urls, settings)));
    }

    private static Map<String, Object> config(String urls, Map<String, ?> settings) {
        Map<String, Object> config = new HashMap<>();
        config.put("schema.registry.url", urls);
        config.put("max.retries", 0);
        config.put("retries.wait.ms", 1);
        config.putAll(settings);
        return config;
    }

    private static String schemaAnswer(Schema schema) {
        return "{\"schema\":" + quoted(schema.toString()) + "}";
    }

    private static String quoted(String text) {
        return new com.fasterxml.jackson.databind.node.TextNode(text).toString();
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
