package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.page.Subscriber.Message;
import io.patchstream.stream.settings.UiSettings;
import io.patchstream.stream.topology.FakeEngine;
import io.patchstream.vision.DecodeScale;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PageServerTest {
    private static final String TOKEN = "sixteen-letters-0";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Mailbox mailbox = new Mailbox();
    private final Audience audience = new Audience(mailbox);
    private final FakeEngine engine = FakeEngine.instant();
    private final DeskStub desk = new DeskStub();
    private PageServer server;

    @BeforeEach
    void start() throws IOException {
        RecentFrames recent = new RecentFrames(8);
        Attention attention = new Attention(
                new ExplainFiles(Path.of("target/nowhere")),
                recent,
                new Originals(1 << 20),
                DecodeScale.FULL,
                ModelKeys.NONE);
        server = new PageServer(
                new InetSocketAddress("127.0.0.1", 0),
                new Doorkeeper(new UiSettings("127.0.0.1", 0, List.of(), TOKEN, Path.of(""))),
                audience,
                new TryOut(engine, recent, DecodeScale.FULL, attention),
                attention,
                engine,
                new DeskReplies(desk));
    }

    @AfterEach
    void stop() {
        server.close();
        engine.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpRequest.Builder known(String path) {
        return request(path).header("Authorization", "Bearer " + TOKEN);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void shouldServeThePageToEverybodyAndLetItAskNobodyElse() throws Exception {
        HttpResponse<String> page = send(request("/"));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>Patchstream</title>").doesNotContain("http://", "https://", "style=");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    @Test
    void shouldTellNothingWithoutTheToken() throws Exception {
        for (String path : List.of(
                "/api/live",
                "/api/model",
                "/api/recent",
                "/api/nearest?id=0",
                "/api/attention?id=0",
                "/api/dead-letters",
                "/api/ledger",
                "/api/subjects",
                "/api/alarm-picture?id=" + DeskStub.AlarmsStub.ID)) {
            assertThat(send(request(path)).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(send(request("/api/try").POST(BodyPublishers.ofString("x"))).statusCode())
                .isEqualTo(401);
        assertThat(send(request("/api/try-attention").POST(BodyPublishers.ofString("x")))
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(request("/api/replay").POST(BodyPublishers.ofString("{\"places\":[\"0:1\"]}")))
                        .statusCode())
                .isEqualTo(401);
        assertThat(desk.replayed).isEmpty();
        assertThat(send(request("/api/model").header("Authorization", "Bearer " + TOKEN + "x"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(known("/api/model")).body()).contains("\"name\":\"fake\"");
    }

    @Test
    void shouldRefuseANameThatIsNotOurs() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            String text = "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 403")
                    .contains("ui.names");
        }
    }

    @Test
    void shouldSayWhatMayBeAskedOfFrames() throws Exception {
        assertThat(send(known("/api/recent?camera=door&seconds=60")).body()).contains("\"found\":0", "\"cameras\":[]");
        for (String wrong : List.of("size=3", "camera", "seconds=soon", "camera=a&camera=b")) {
            assertThat(send(known("/api/recent?" + wrong)).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void shouldTellOfAttentionByIdOrOfAnUpload() throws Exception {
        assertThat(send(known("/api/attention")).statusCode()).isEqualTo(400);
        assertThat(send(known("/api/attention?id=x")).body()).contains("/api/attention?id=1");
        assertThat(send(known("/api/attention?id=7")).body()).contains("\"missing\":\"That picture is kept no longer");
        assertThat(send(known("/api/try-attention")).statusCode()).isEqualTo(405);
        HttpResponse<String> answer = send(known("/api/try-attention").POST(BodyPublishers.ofString("any picture")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("No explain file", "SHA-256 abababababab", "export --attention-of");
        assertThat(send(known("/api/try-attention").POST(BodyPublishers.ofString("BAD picture")))
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void shouldAnswerOfTheDeskAndSendInAgainByPostOnly() throws Exception {
        assertThat(send(known("/api/dead-letters")).body()).contains("\"place\":\"0:17\"");
        assertThat(send(known("/api/ledger")).body()).contains("\"wrong\":1");
        assertThat(send(known("/api/subjects")).body()).contains("\"versions\":[1,2]");
        assertThat(send(known("/api/replay")).statusCode()).isEqualTo(405);
        assertThat(send(known("/api/ledger").POST(BodyPublishers.noBody())).statusCode())
                .isEqualTo(405);
        assertThat(send(known("/api/replay").POST(BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(400);
        assertThat(desk.replayed).isEmpty();

        HttpResponse<String> told = send(known("/api/replay").POST(BodyPublishers.ofString("{\"places\":[\"2:9\"]}")));

        assertThat(told.body()).contains("\"sent\":1");
        assertThat(desk.replayed).containsExactly(java.util.Set.of("2:9"));
    }

    @Test
    void shouldShowThePictureThatRaisedAnAlarm() throws Exception {
        assertThat(send(known("/api/alarm-picture?id=" + DeskStub.AlarmsStub.ID))
                        .body())
                .contains("\"picture\":\"data:image/jpeg;base64,/9j/");
        HttpResponse<String> gone = send(known("/api/alarm-picture?id=0b5b44c5-0000-5000-8000-00000000000f"));
        assertThat(gone.statusCode()).isEqualTo(502);
        assertThat(gone.body()).contains("no longer among the last ones");
        for (String wrong : List.of("", "?id=", "?id=../x", "?id=1")) {
            assertThat(send(known("/api/alarm-picture" + wrong)).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void shouldRefuseOtherMethods() throws Exception {
        assertThat(send(request("/").DELETE()).statusCode()).isEqualTo(405);
        assertThat(send(known("/api/try")).statusCode()).isEqualTo(405);
        assertThat(send(known("/api/model").POST(BodyPublishers.ofString("x"))).statusCode())
                .isEqualTo(405);
        assertThat(send(request("/../settings.md")).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldRefuseAnUploadThatIsTooLarge() throws Exception {
        byte[] large = new byte[PageServer.MOST_BYTES + 1];

        assertThat(send(known("/api/try").POST(BodyPublishers.ofByteArray(large)))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void shouldSayWhyAnUploadIsRejected() throws Exception {
        HttpResponse<String> answer = send(known("/api/try").POST(BodyPublishers.ofString("BAD")));

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("problem");
    }

    @Test
    void shouldSendEventsToThoseWhoWatch() throws Exception {
        HttpResponse<InputStream> live = client.send(known("/api/live").build(), BodyHandlers.ofInputStream());
        assertThat(live.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(mailbox.isWatched()).isTrue();

        audience.put("snapshot", new Message("snapshot", "{\"a\":1}"));

        try (BufferedReader lines = new BufferedReader(new InputStreamReader(live.body(), UTF_8))) {
            assertThat(List.of(lines.readLine(), lines.readLine(), lines.readLine()))
                    .containsExactly("event: snapshot", "data: {\"a\":1}", "");
        }
        // Its going is noticed when something is written to it.
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            audience.put("snapshot", new Message("snapshot", "{}"));
            return audience.size() == 0 && !mailbox.isWatched();
        });
    }

    @Test
    void shouldSeatAsManyAsItHasThreadsForAndStillAnswerOthers() throws Exception {
        List<InputStream> watching = new ArrayList<>();
        for (int i = 0; i < Audience.MOST; i++) {
            watching.add(client.send(known("/api/live").build(), BodyHandlers.ofInputStream())
                    .body());
        }

        assertThat(send(known("/api/live")).statusCode()).isEqualTo(503);
        assertThat(send(known("/api/model")).statusCode()).isEqualTo(200);
        for (InputStream stream : watching) {
            stream.close();
        }
    }

    @Test
    void shouldHoldUpNobodyForOneWhoDoesNotRead() throws Exception {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
            String text = "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(US_ASCII));
            await().until(() -> audience.size() == 1);
            String large = "x".repeat(1 << 20);
            long began = System.nanoTime();
            for (int i = 0; i < 1000; i++) {
                audience.put("snapshot", new Message("snapshot", large));
            }

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
            // Its socket is full by now or soon; a clock that is ahead takes it for gone.
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                audience.put("snapshot", new Message("snapshot", large));
                audience.dismissStuck(System.nanoTime() + Duration.ofSeconds(9).toNanos());
                return audience.size() == 0;
            });
        }
    }
}
