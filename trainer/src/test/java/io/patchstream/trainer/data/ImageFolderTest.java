package io.patchstream.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        picture("dog/b.png", 0x0000FF);
        picture("cat/a.png", 0xFF0000);
        picture("cat/z.PNG", 0x00FF00);
        Files.createDirectories(folder.resolve("empty"));
        Files.writeString(folder.resolve("dog/notes.txt"), "good dog");
    }

    @Test
    void shouldTakeClassesFromFolders() throws IOException {
        ImageFolder images = ImageFolder.read(folder);

        assertThat(images.labels()).containsExactly("cat", "dog");
        assertThat(images.size()).isEqualTo(3);
        assertThat(images.label(1)).isZero();
        assertThat(images.label(2)).isEqualTo(1);
        RgbImage dog = images.image(2, 0);
        assertThat(dog.height()).isEqualTo(4);
        assertThat(dog.width()).isEqualTo(5);
        assertThat(dog.pixels()).startsWith(0, 0, 255);
        assertThat(ImageFolder.isIn(folder)).isTrue();
        assertThat(ImageFolder.isIn(folder.resolve("empty"))).isFalse();
    }

    @Test
    void shouldHaveAManifestOfContentsAndNames() throws IOException {
        String before = ImageFolder.read(folder).manifestSha256();
        assertThat(ImageFolder.read(folder).manifestSha256()).isEqualTo(before).hasSize(64);

        Files.move(folder.resolve("cat/a.png"), folder.resolve("dog/a.png"));

        assertThat(ImageFolder.read(folder).manifestSha256()).isNotEqualTo(before);
    }

    @Test
    void shouldNameThePictureThatIsBroken() throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve("cat/a.png"));
        Files.write(folder.resolve("cat/a.png"), java.util.Arrays.copyOf(whole, whole.length / 2));
        ImageFolder images = ImageFolder.read(folder);

        assertThatThrownBy(() -> images.image(0, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a.png");
    }

    @Test
    void shouldSayWhatAFolderWithoutPicturesLacks() {
        assertThatThrownBy(() -> ImageFolder.read(folder.resolve("empty")))
                .hasMessageContaining("no folders with pictures");
    }

    private void picture(String name, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 20; i++) {
            image.setRGB(i % 5, i / 5, rgb);
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }
}
