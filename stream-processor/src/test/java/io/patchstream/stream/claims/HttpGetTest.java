package io.patchstream.stream.claims;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpGetTest {
    private static HttpGet answer(String text, int limit) throws IOException {
        return new HttpGet(new ByteArrayInputStream(text.getBytes(ISO_8859_1)), limit);
    }

    private static String body(String text, int limit) throws IOException {
        return new String(answer(text, limit).body(), ISO_8859_1);
    }

    @Test
    void shouldReadABodyOfStatedLengthToTheEndOrInChunks() throws IOException {
        assertThat(body("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcrest", 9))
                .isEqualTo("abc");
        assertThat(body("HTTP/1.0 200\r\n\r\nabc", 9)).isEqualTo("abc");
        assertThat(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 9))
                .isEqualTo("abc");
        assertThat(body("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc", 9))
                .isEqualTo("abc");
    }

    @Test
    void shouldTakeOneByteMoreThanTheLimitAndNotMore() throws IOException {
        assertThat(body("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabcdef", 3))
                .isEqualTo("abcd");
        assertThat(body("HTTP/1.1 200 OK\r\n\r\nabcdef", 3)).isEqualTo("abcd");
        assertThat(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\nabcdef", 3))
                .isEqualTo("abcd");
    }

    @Test
    void shouldTakeNoBodyOfAnotherStatus() throws IOException {
        HttpGet answer = answer("HTTP/1.1 302 Found\r\nContent-Length: 3\r\n\r\nabc", 9);

        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 3",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
                "HTTP/2 200\r\n\r\nab",
                "SSH-2.0-OpenSSH_9.6\r\n"
            })
    void shouldRefuseWhatIsNoWholeAnswer(String text) {
        assertThatThrownBy(() -> answer(text, 9)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldNotReadAHeaderWithoutEnd() {
        assertThatThrownBy(() -> answer("HTTP/1.1 200 OK\r\nX: " + "x".repeat(70_000), 9))
                .hasMessage("the answer has more than 65536 bytes of header");
        assertThatThrownBy(() -> answer("HTTP/1.1 100 Continue\r\n\r\n".repeat(5000), 9))
                .hasMessage("the answer has more than 65536 bytes of header");
    }

    @Test
    void shouldAskForPathAndQueryAndNameTheHost() {
        assertThat(request("http://files.example:81/a/%2F b?x=1#part".replace(" ", "%20")))
                .startsWith("GET /a/%2F%20b?x=1 HTTP/1.1\r\nHost: files.example:81\r\n")
                .endsWith("\r\nConnection: close\r\n\r\n");
        assertThat(request("http://files.example")).startsWith("GET / HTTP/1.1\r\nHost: files.example\r\n");
        assertThat(request("http://files.example/ü")).startsWith("GET /%C3%BC HTTP/1.1\r\n");
    }

    private static String request(String uri) {
        return new String(HttpGet.request(URI.create(uri)), ISO_8859_1);
    }
}
