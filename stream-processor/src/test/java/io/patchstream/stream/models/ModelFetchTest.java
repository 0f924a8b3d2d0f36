package io.patchstream.stream.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.patchstream.stream.models.ModelRecord.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFetchTest {
    private static final byte[] CONTENT = "abc".getBytes(UTF_8);

    /** As sha256sum says of abc. */
    private static final String SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path temp;

    private HttpServer server;
    private String host;
    private ModelFetch fetch;
    private Path target;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            int status = path.matches("/[0-9]+") ? Integer.parseInt(path.substring(1)) : 200;
            exchange.getResponseHeaders().set("Location", "/model.onnx");
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write(CONTENT);
            exchange.close();
        });
        server.start();
        host = "127.0.0.1:" + server.getAddress().getPort();
        fetch = new ModelFetch(List.of(temp.resolve("allowed").toString(), host));
        Files.createDirectories(temp.resolve("allowed"));
        target = temp.resolve("target");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static Part part(String uri, String sha256, long bytes) {
        return new Part("model.onnx", uri, sha256, bytes);
    }

    private void refuses(String uri, String sha256, long bytes, boolean mayPass, String because) {
        ModelRefusedException refused =
                catchThrowableOfType(ModelRefusedException.class, () -> fetch.fetch(part(uri, sha256, bytes), target));
        assertThat(refused).as(uri).isNotNull().hasMessageContaining(because);
        assertThat(refused.mayPass()).as(uri + " may pass").isEqualTo(mayPass);
    }

    @Test
    void shouldFetchFromAllowedHostsAndFolders() throws Exception {
        fetch.fetch(part("http://" + host + "/model.onnx", SHA256, 3), target);
        assertThat(target).hasBinaryContent(CONTENT);
        Path file = Files.write(temp.resolve("allowed/model.onnx"), CONTENT);
        fetch.fetch(part(file.toUri().toString(), SHA256, 3), temp.resolve("second"));
        fetch.fetch(part(file.toString(), SHA256, 3), temp.resolve("third"));
        assertThat(temp.resolve("second")).hasBinaryContent(CONTENT);
        assertThat(temp.resolve("third")).hasBinaryContent(CONTENT);
    }

    @Test
    void shouldRefuseWhatIsAnotherThanTheRecordSays() {
        String uri = "http://" + host + "/model.onnx";
        refuses(uri, "ab".repeat(32), 3, false, "has SHA-256 " + SHA256);
        refuses(uri, SHA256, 2, false, "has more bytes than the 2");
        refuses(uri, SHA256, 4, true, "has 3 bytes; the record says 4");
    }

    @Test
    void shouldTryAgainOnlyWhatMayPass() {
        refuses("http://" + host + "/404", SHA256, 3, false, "status 404");
        refuses("http://" + host + "/302", SHA256, 3, false, "status 302");
        refuses("http://" + host + "/503", SHA256, 3, true, "status 503");
        refuses(temp.resolve("allowed/none.onnx").toUri().toString(), SHA256, 3, true, "is not there");
    }

    @Test
    void shouldRefuseWhatTheOperatorDidNotName() throws Exception {
        Path outside = Files.write(temp.resolve("outside.onnx"), CONTENT);
        Files.createSymbolicLink(temp.resolve("allowed/link.onnx"), outside);
        refuses(outside.toUri().toString(), SHA256, 3, false, "may not be fetched");
        refuses(temp.resolve("allowed/link.onnx").toUri().toString(), SHA256, 3, false, "may not be fetched");
        refuses(temp.resolve("allowed/../outside.onnx").toString(), SHA256, 3, false, "may not be fetched");
        refuses("http://localhost:" + server.getAddress().getPort() + "/m", SHA256, 3, false, "may not be fetched");
        refuses("http://user@" + host + "/m", SHA256, 3, false, "may not be fetched");
        refuses("ftp://" + host + "/m", SHA256, 3, false, "use file:, http: or https:");
        refuses("model.onnx", SHA256, 3, false, "absolute path or begin with a scheme");
        assertThatThrownBy(() -> new ModelFetch(List.of()).fetch(part("http://" + host + "/m", SHA256, 3), target))
                .hasMessageContaining("model.topic.from, which is empty");
    }
}
