package io.patchstream.stream.claims;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.patchstream.stream.claims.ClaimedFiles.Located;
import io.patchstream.stream.settings.ClaimSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is put in a name's place after it was looked at. */
@Timeout(30)
class ClaimedFilesTest {
    private static final byte[] PAYLOAD = "a picture".getBytes(UTF_8);
    private static final byte[] SECRET = "a secret!".getBytes(UTF_8);

    @TempDir
    private Path root;

    private Path folder;
    private Path outside;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ClaimedFiles files;

    @BeforeEach
    void setUp() throws IOException {
        folder = Files.createDirectories(root.resolve("frames/camera/day"))
                .getParent()
                .getParent();
        outside = Files.createDirectories(root.resolve("outside/day")).getParent();
        Files.write(folder.resolve("camera/day/a.jpg"), PAYLOAD);
        Files.write(outside.resolve("a.jpg"), SECRET);
        Files.write(outside.resolve("day/a.jpg"), SECRET);
        files = new ClaimedFiles(
                new ClaimSettings(List.of(folder), List.of(), List.of(), 100, Duration.ofMillis(400)), threads);
    }

    @AfterEach
    void tearDown() {
        threads.shutdownNow();
    }

    private Located located(String path) {
        return files.locate(folder.resolve(path), Optional.of(folder)).orElseThrow();
    }

    private static void replaceByLink(Path name, Path target) throws IOException {
        Files.move(name, name.resolveSibling("moved-away"));
        Files.createSymbolicLink(name, target);
    }

    @Test
    void shouldReadWhatWasFound() throws Exception {
        assertThat(located("camera/day/a.jpg").read(100)).contains(PAYLOAD);
        assertThat(located("camera/day/a.jpg").read(3)).contains("a p".getBytes(UTF_8));
    }

    @Test
    void shouldFollowALinkThatStaysInside() throws Exception {
        Files.createSymbolicLink(folder.resolve("latest"), folder.resolve("camera/day"));

        assertThat(located("latest/a.jpg").read(100)).contains(PAYLOAD);
    }

    @Test
    void shouldNotFollowAParentThatBecameALink() throws Exception {
        Located file = located("camera/day/a.jpg");
        replaceByLink(folder.resolve("camera"), outside);

        assertThat(file.read(100)).isEmpty();
    }

    @Test
    void shouldNotFollowTheLastParentWhenItBecameALink() throws Exception {
        Located file = located("camera/day/a.jpg");
        replaceByLink(folder.resolve("camera/day"), outside);

        assertThat(file.read(100)).isEmpty();
    }

    @Test
    void shouldNotFollowAFileThatBecameALink() throws Exception {
        Located file = located("camera/day/a.jpg");
        replaceByLink(folder.resolve("camera/day/a.jpg"), outside.resolve("a.jpg"));

        assertThat(file.read(100)).isEmpty();
    }

    @Test
    void shouldNotWaitAtAPipe() throws Exception {
        Located file = located("camera/day/a.jpg");
        Path name = folder.resolve("camera/day/a.jpg");
        Files.delete(name);
        assertThat(new ProcessBuilder("mkfifo", name.toString()).start().waitFor())
                .isZero();

        // In a thread of its own: one that waits at a pipe cannot be interrupted.
        assertThat(assertTimeoutPreemptively(Duration.ofSeconds(10), () -> file.read(100)))
                .isEmpty();
    }

    @Test
    void shouldNotFindWhatLiesOutsideTheFolderOrIsTheFolderItself() throws Exception {
        Files.createSymbolicLink(folder.resolve("link"), outside.resolve("a.jpg"));

        for (String path : List.of("link", "../outside/a.jpg", "no-such-file", "")) {
            assertThat(files.locate(folder.resolve(path), Optional.of(folder)))
                    .as(path)
                    .isEmpty();
        }
    }
}
