package io.patchstream.stream.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.publish.SourcePosition;
import java.util.List;
import org.junit.jupiter.api.Test;

class PicturePlaceTest {
    @Test
    void shouldWriteWhatItReads() {
        SourcePosition source = new SourcePosition("patchstream.frames", 3, 1234567890123L);

        assertThat(PicturePlace.parse(new PicturePlace(source, 0).uri())).contains(source);
        assertThat(new PicturePlace(source, 0).correctionKey()).isEqualTo("patchstream.frames:3:1234567890123");
        assertThat(new PicturePlace(source, 2).correctionKey()).isEqualTo("patchstream.frames:3:1234567890123#2");
        assertThat(new PicturePlace(source, 2).correctionKey("id")).isEqualTo("id#2");
        for (String wrong : List.of("kafka:a/0", "kafka:a b/0/1", "kafka:a/-1/1", "file:a/0/1", "kafka:a/0/1x")) {
            assertThat(PicturePlace.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void shouldNameOffsetsInRuns() {
        assertThat(FetchCommand.runs(List.of(3L, 4L, 5L, 7L, 9L, 10L))).isEqualTo("3-5, 7, 9-10");
        assertThat(FetchCommand.runs(List.of(0L))).isEqualTo("0");
        assertThat(FetchCommand.runs(List.of())).isEmpty();
    }
}
