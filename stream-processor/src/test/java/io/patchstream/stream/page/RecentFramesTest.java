package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.topology.FakeEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentFramesTest {
    private final RecentFrames frames = new RecentFrames(3);

    private static Prediction at(double angle, ServedModel model) {
        return new Prediction(
                model, List.of(new Score(0, 1)), new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
    }

    private void add(String camera, double angle) {
        frames.add(camera, 0, at(angle, FakeEngine.MODEL), new byte[0]);
    }

    @Test
    void shouldFindTheNearestFirst() {
        add("far", 2);
        add("near", 0.1);
        add("itself", 0);

        List<RecentFrames.Neighbour> found = frames.nearest(at(0, FakeEngine.MODEL), 5, 2);

        assertThat(found).extracting(neighbour -> neighbour.entry().camera()).containsExactly("near", "far");
        assertThat(found.get(1).similarity()).isEqualTo(Math.cos(2), org.assertj.core.api.Assertions.within(1e-6));
    }

    @Test
    void shouldKeepTheNewest() {
        for (int i = 0; i < 5; i++) {
            add("c" + i, i);
        }

        assertThat(frames.newest(9)).extracting(RecentFrames.Entry::camera).containsExactly("c4", "c3", "c2");
        assertThat(frames.find(1)).isEmpty();
        assertThat(frames.find(2)).map(RecentFrames.Entry::camera).contains("c2");
        assertThat(frames.find(5)).isEmpty();
    }

    @Test
    void shouldChooseByCameraLabelAndTime() {
        frames.add("door", 1_000_000, at(0, FakeEngine.MODEL), new byte[0]);
        frames.add("yard", 5_000_000, at(0, FakeEngine.MODEL), new byte[0]);
        RecentFrames.Entry door = frames.find(0).orElseThrow();
        RecentFrames.Entry yard = frames.find(1).orElseThrow();
        long now = 6_000_000;

        assertThat(FrameFilter.of(null).takes(door, now)).isTrue();
        assertThat(FrameFilter.of("camera=door").takes(door, now)).isTrue();
        assertThat(FrameFilter.of("camera=door").takes(yard, now)).isFalse();
        assertThat(FrameFilter.of("seconds=2").takes(yard, now)).isTrue();
        assertThat(FrameFilter.of("seconds=2").takes(door, now)).isFalse();
        String label = java.net.URLEncoder.encode(door.label(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(FrameFilter.of("label=" + label).takes(door, now)).isTrue();
        assertThat(FrameFilter.of("label=x" + label).takes(door, now)).isFalse();
    }

    @Test
    void shouldNotCompareModels() {
        frames.add("other", 0, at(0, new ServedModel(FakeEngine.MODEL.contract(), "cd".repeat(32), "e")), new byte[0]);

        assertThat(frames.nearest(at(0, FakeEngine.MODEL), 5, -1)).isEmpty();
    }
}
