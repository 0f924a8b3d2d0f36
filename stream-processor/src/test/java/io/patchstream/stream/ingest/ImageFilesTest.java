package io.patchstream.stream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.schemas.Encoding;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageFilesTest {
    @TempDir
    Path folder;

    @Test
    void shouldSendFilesUntouchedInTheOrderOfTheirNames() throws IOException {
        Files.write(folder.resolve("b.JPG"), new byte[] {2});
        Files.write(folder.resolve("a.png"), new byte[] {1, 1});
        Files.write(folder.resolve("notes.txt"), new byte[] {9});
        Files.write(Files.createDirectories(folder.resolve("c")).resolve("d.webp"), new byte[] {3});

        List<EncodedPictures> read = read(folder);

        assertThat(read)
                .extracting(EncodedPictures::encoding)
                .containsExactly(Encoding.PNG, Encoding.JPEG, Encoding.WEBP);
        assertThat(read.get(0).payload().array()).containsExactly(1, 1);
        assertThat(read).extracting(EncodedPictures::lastMicros).containsExactly(0L, 200_000L, 400_000L);
    }

    @Test
    void shouldReadAZipLikeAFolder() throws IOException {
        Path zip = folder.resolve("stills.zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (int i = 0; i < 3; i++) {
                out.putNextEntry(new ZipEntry("x/" + (2 - i) + ".jpg"));
                out.write(2 - i);
            }
        }

        assertThat(read(zip))
                .extracting(pictures -> pictures.payload().get(0))
                .containsExactly((byte) 0, (byte) 1, (byte) 2);
    }

    @Test
    void shouldReadOneImage() throws IOException {
        Path image = Files.write(folder.resolve("one.bmp"), new byte[] {7});

        assertThat(read(image)).hasSize(1);
    }

    @Test
    void shouldSayThatAFolderHoldsNoImage() {
        assertThatThrownBy(() -> read(folder))
                .hasMessageContaining(folder.toString())
                .hasMessageContaining(".jpg");
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        assertThatThrownBy(() -> read(folder.resolve("gone.jpg"))).hasMessageContaining("gone.jpg");
    }

    private static List<EncodedPictures> read(Path path) throws IOException {
        List<EncodedPictures> all = new ArrayList<>();
        try (FrameFeed feed = new ImageFiles(path, 5).open()) {
            for (Optional<EncodedPictures> next = feed.next(); next.isPresent(); next = feed.next()) {
                all.add(next.get());
            }
        }
        return all;
    }
}
