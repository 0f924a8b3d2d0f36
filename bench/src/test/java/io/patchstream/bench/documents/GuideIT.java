package io.patchstream.bench.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.bench.camera.RtspServer;
import io.patchstream.local.LocalKafka;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guides, followed: each command of a block that is marked {@code run}. */
class GuideIT {
    @TempDir
    private Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void shouldTakeTheCameraOwnerToLabels() throws Exception {
        String kafka = Integer.toString(freePort());
        String registry = Integer.toString(freePort());
        try (RtspServer camera = RtspServer.start(Optional.of(new RtspServer.Login("door", "s3cr@t")));
                Reader reader = new Reader(
                        "camera-owner.md",
                        folder,
                        Map.of(
                                "DOOR_LOGIN", "door:s3cr%40t",
                                "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + kafka,
                                "PATCHSTREAM_SCHEMA_REGISTRY_URL", "http://127.0.0.1:" + registry),
                        Map.of(
                                "192.168.1.20:554/stream1",
                                camera.place(),
                                "--seconds 60",
                                "--seconds 20 --ui-port " + freePort(),
                                "--kafka-port 9092",
                                "--kafka-port " + kafka,
                                "--registry-port 8081",
                                "--registry-port " + registry,
                                "run --ui",
                                "run --ui " + freePort()))) {
            assertThat(reader.blocks()).isEqualTo(3);
            assertThat(reader.typeAll(0).get(0).output())
                    .contains("Every frame has exactly one answer.", "live page: http://")
                    .containsPattern("labelled +[1-9]")
                    .doesNotContain("s3cr");

            List<String> programs = reader.commands(1);
            reader.leaveRunning(programs.get(0), "READY");
            reader.leaveRunning(programs.get(1), "live page: http://");
            reader.leaveRunning(programs.get(2), "door: ");

            List<String> looks = reader.commands(2);
            await().atMost(Duration.ofMinutes(5)).ignoreExceptions().untilAsserted(() -> {
                Reader.Outcome found = reader.type(looks.get(0));
                assertThat(found.exitCode()).isZero();
                assertThat(found.output().lines().filter(line -> line.contains("door")))
                        .as(found.output())
                        .hasSize(3);
            });
            Reader.Outcome ledger = reader.type(looks.get(1));
            assertThat(ledger.exitCode()).as(ledger.output()).isZero();
            assertThat(ledger.output()).contains("balanced");
        }
    }

    @Test
    void shouldTakeTheDataEngineerToTopicsAndProof() throws Exception {
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults().withCloseAtExit(false));
                Reader reader = new Reader(
                        "data-engineer.md",
                        folder,
                        Map.of(),
                        Map.of("broker:9092", kafka.bootstrapServers(), "http://registry:8081", kafka.registryUrl()))) {
            assertThat(reader.blocks()).isEqualTo(2);
            reader.write("processor.properties");
            List<Reader.Outcome> before = reader.typeAll(0);
            assertThat(before.get(0).output()).contains("application.id").contains("tagging");
            assertThat(before.get(1).output()).contains("--create", "yard.frames");
            assertThat(before.get(4).output()).contains("User:tagging");
            reader.typeAll(1);
        }
    }

    @Test
    void shouldTakeTheModelMakerToAModelThatClassifies() throws Exception {
        for (String share : List.of("train", "test")) {
            draw(share, "disc", 24);
            draw(share, "stripe", 24);
        }
        try (Reader reader = new Reader("ml-engineer.md", folder, Map.of(), Map.of())) {
            assertThat(reader.blocks()).isEqualTo(4);
            reader.write("mine.properties");
            for (int block = 0; block < reader.blocks() - 1; block++) {
                reader.typeAll(block);
            }
            assertThat(folder.resolve("runs/mine/report.html")).exists();
            assertThat(folder.resolve("mine.profile.json")).exists();
            List<Reader.Outcome> labels = reader.typeAll(3);
            assertThat(labels.get(0).output()).contains("disc").contains("stripe");
        }
    }

    /** Discs and stripes, bright on dark, never twice the same. */
    private void draw(String share, String name, int count) throws IOException {
        Path pictures = Files.createDirectories(
                folder.resolve("pictures").resolve(share).resolve(name));
        Random random = new Random((share + name).hashCode());
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
            Graphics2D pen = image.createGraphics();
            pen.setColor(new Color(150 + random.nextInt(100), 150 + random.nextInt(100), 150));
            if (name.equals("disc")) {
                pen.fillOval(2 + random.nextInt(10), 2 + random.nextInt(10), 24, 24);
            } else {
                pen.fillRect(0, 4 + random.nextInt(26), 40, 6);
            }
            pen.dispose();
            ImageIO.write(image, "png", pictures.resolve(i + ".png").toFile());
        }
    }
}
