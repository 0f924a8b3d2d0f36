package io.patchstream.stream.alarms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Alarm;
import io.patchstream.stream.alarms.Receiver.Answer;
import io.patchstream.stream.alarms.Receiver.Received;
import io.patchstream.stream.alarms.Webhook.Fate;
import io.patchstream.stream.alarms.Webhook.Reply;
import io.patchstream.stream.settings.SettingsException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WebhookTest {
    private static final Instant NOW = Instant.ofEpochSecond(1614265330);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Webhook to(String url, Duration timeout) {
        return new Webhook(
                WebhookAddress.of(url, Map.of(), false),
                Optional.of(WebhookSecret.of(SECRET, "the test")),
                timeout,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Reply reply(Answer answer) throws Exception {
        try (Receiver receiver = new Receiver(message -> answer)) {
            Reply reply = to(receiver.url(), PATIENCE).post("id", BODY);
            assertThat(receiver.received()).hasSize(1);
            return reply;
        }
    }

    @Test
    void shouldSignAsStandardWebhooksDo() throws Exception {
        try (Receiver receiver = new Receiver(message -> Answer.of(204))) {
            Reply reply = to(receiver.url(), PATIENCE).post("msg_p5jXN8AQM9LWM0D4loKWxJek", BODY);

            assertThat(reply.fate()).isEqualTo(Fate.TAKEN);
            Received message = receiver.received().get(0);
            assertThat(message.path()).isEqualTo("/alarms?token=in-the-address");
            assertThat(message.body()).isEqualTo(new String(BODY, UTF_8));
            assertThat(message.header("content-type")).isEqualTo("application/json");
            assertThat(message.header("idempotency-key")).isEqualTo("msg_p5jXN8AQM9LWM0D4loKWxJek");
            assertThat(message.header("webhook-id")).isEqualTo("msg_p5jXN8AQM9LWM0D4loKWxJek");
            assertThat(message.header("webhook-timestamp")).isEqualTo("1614265330");
            // The example of the specification's own libraries.
            assertThat(message.header("webhook-signature"))
                    .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        }
    }

    @Test
    void shouldSignOnlyWithASecret() throws Exception {
        try (Receiver receiver = new Receiver(message -> Answer.of(200))) {
            new Webhook(
                            WebhookAddress.of(receiver.url(), Map.of(), false),
                            Optional.empty(),
                            PATIENCE,
                            Clock.systemUTC())
                    .post("id", BODY);
            assertThat(receiver.received().get(0).header("webhook-signature")).isNull();
        }
        assertThat(WebhookSecret.of("0123456789abcdef\n", "the test").signature("id", 1, BODY))
                .isEqualTo(WebhookSecret.of("whsec_MDEyMzQ1Njc4OWFiY2RlZg==", "the test")
                        .signature("id", 1, BODY))
                .isNotEqualTo(WebhookSecret.of("0123456789abcdeF", "the test").signature("id", 1, BODY));
    }

    @Test
    void shouldTellWhatWillNeverDoFromWhatMayDoLater() throws Exception {
        for (int status : new int[] {200, 201, 202, 299}) {
            assertThat(reply(Answer.of(status)).fate()).as("%d", status).isEqualTo(Fate.TAKEN);
        }
        for (int status : new int[] {304, 400, 401, 404, 410, 422}) {
            assertThat(reply(Answer.of(status)).fate()).as("%d", status).isEqualTo(Fate.REFUSED);
        }
        for (int status : new int[] {408, 429, 500, 502, 503}) {
            assertThat(reply(Answer.of(status)).fate()).as("%d", status).isEqualTo(Fate.LATER);
        }
    }

    @Test
    void shouldFollowNoRedirect() throws Exception {
        try (Receiver elsewhere = new Receiver(message -> Answer.of(200))) {
            for (int status : new int[] {301, 302, 307, 308}) {
                assertThat(reply(new Answer(status, Map.of("location", elsewhere.url())))
                                .fate())
                        .isEqualTo(Fate.REFUSED);
            }
            assertThat(elsewhere.received()).isEmpty();
        }
    }

    @Test
    void shouldHearHowLongItIsToWait() throws Exception {
        Map<String, Duration> pauses = Map.of(
                "7", Duration.ofSeconds(7),
                "Thu, 25 Feb 2021 15:02:30 GMT", Duration.ofSeconds(20),
                "Thu, 25 Feb 2021 15:00:30 GMT", Duration.ZERO,
                "999999999", Duration.ofHours(1),
                "soon", Duration.ZERO);
        for (Map.Entry<String, Duration> pause : pauses.entrySet()) {
            assertThat(reply(new Answer(503, Map.of("retry-after", pause.getKey())))
                            .pause())
                    .as(pause.getKey())
                    .isEqualTo(pause.getValue());
        }
    }

    @Test
    void shouldTryLaterWhereThereIsNoAnswer() throws Exception {
        assertThat(reply(Answer.of(0)).fate()).isEqualTo(Fate.LATER);
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertThat(to("http://127.0.0.1:" + port, PATIENCE).post("id", BODY).fate())
                .isEqualTo(Fate.LATER);
        CountDownLatch over = new CountDownLatch(1);
        try (Receiver receiver = new Receiver(message -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.of(200);
        })) {
            Reply reply = to(receiver.url(), Duration.ofMillis(300)).post("id", BODY);
            over.countDown();
            assertThat(reply.fate()).isEqualTo(Fate.LATER);
            assertThat(reply.says()).isEqualTo("no answer within 300 ms");
        }
    }

    @Test
    void shouldTakeHttpOnThisMachineOnlyUnlessAllowed() {
        for (String there :
                List.of("http://localhost/x", "http://127.0.0.1:8080", "http://[::1]:1/x", "https://a.b/c?d")) {
            assertThat(WebhookAddress.of(there, Map.of(), false).uri()).hasToString(there);
        }
        assertThat(WebhookAddress.of("http://a.b/c", Map.of(), true).uri()).hasToString("http://a.b/c");
        for (String wrong : List.of(
                "http://a.b/c",
                "http://127.0.0.1.a.b/",
                "http://localhost.a.b/",
                "ftp://localhost/x",
                "https:/x",
                "a.b/c",
                "https://a b/c",
                "https://me:hidden@a.b/c",
                "https://a.b/c#d",
                "${env:NONE}")) {
            assertThatThrownBy(() -> WebhookAddress.of(wrong, Map.of(), false))
                    .as(wrong)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("--to: it ")
                    .hasMessageNotContaining("hidden");
        }
    }

    @Test
    void shouldNotPrintWhatIsSecretInAnAddress() {
        WebhookAddress address = WebhookAddress.of("https://a.b:8443/${env:T}?x=${env:T}", Map.of("T", "tok"), false);

        assertThat(address.uri()).hasToString("https://a.b:8443/tok?x=tok");
        assertThat(address).hasToString("https://a.b:8443");
    }

    @Test
    void shouldRefuseASecretThatIsNone() {
        for (String wrong : List.of("", "too short", "whsec_MfKQ", "whsec_not base64 at all, is it")) {
            assertThatThrownBy(() -> WebhookSecret.of(wrong, "--secret-env X"))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("--secret-env X ");
        }
        assertThatThrownBy(() -> WebhookSecret.ofVariable("X", null)).hasMessageContaining("no such variable");
    }

    @Test
    void shouldWriteAnAlarmByItsFields() throws Exception {
        Alarm alarm = SampleAlarms.cleared("door", 2, 9);

        JsonNode json = new ObjectMapper().readTree(AlarmJson.write(alarm));

        assertThat(json.get("id").asText()).isEqualTo(alarm.getId());
        assertThat(json.get("kind").asText()).isEqualTo("CLEARED");
        assertThat(json.get("raised_id").asText()).isEqualTo(alarm.getRaisedId());
        assertThat(json.get("raised_by"))
                .extracting(picture -> picture.get("source_offset").asLong())
                .containsExactly(1L, 2L);
        assertThat(json.get("cleared_by").get("frame_id").asText()).isEqualTo("frame-9");
        assertThat(json.get("cleared_by").get("captured_at").asText()).isEqualTo("2026-11-23T12:00:00.123456Z");
        assertThat(Alarm.getClassSchema().getFields())
                .extracting(org.apache.avro.Schema.Field::name)
                .containsExactlyElementsOf((Iterable<String>) json::fieldNames);
        assertThat(new ObjectMapper()
                        .readTree(AlarmJson.write(SampleAlarms.raised("door", 2)))
                        .get("cleared_by")
                        .isNull())
                .isTrue();
    }
}
