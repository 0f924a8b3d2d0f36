package io.patchstream.trainer.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.scene.CameraScript.Motion;
import io.patchstream.vision.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ConveyorTest {
    private static final CameraScript STEADY = script(Motion.STEADY);
    private static final CameraScript INDEXED = script(Motion.INDEXED);

    @Test
    void shouldShowTheSameFrameEachTime() {
        assertThat(belt(INDEXED).frame(17).pixels())
                .isEqualTo(belt(INDEXED).frame(17).pixels());
    }

    @Test
    void shouldNameTheItemsInTheOrderInWhichTheyPass() {
        for (CameraScript script : List.of(STEADY, INDEXED)) {
            Conveyor belt = belt(script);
            List<Integer> seen = new ArrayList<>();
            for (int t = 0; t < script.frames(); t++) {
                belt.truth(t).ifPresent(item -> {
                    if (seen.isEmpty() || seen.get(seen.size() - 1) != item) {
                        seen.add(item);
                    }
                });
            }
            assertThat(seen).hasSizeGreaterThan(7).isSorted().doesNotHaveDuplicates();
        }
    }

    /** Without the item that is said to be there, only the central square changes; without the others, only the rest. */
    @Test
    void shouldOnlyNameAnItemThatLiesWholeAndAloneInTheCentralSquare() {
        for (CameraScript script : List.of(STEADY, INDEXED)) {
            Conveyor belt = belt(script);
            int named = 0;
            for (int t = 0; t < script.frames(); t++) {
                OptionalInt truth = belt.truth(t);
                if (truth.isPresent()) {
                    named++;
                    RgbImage all = belt.frame(t);
                    List<byte[]> others = items(script.items());
                    others.set(truth.getAsInt(), new byte[28 * 28]);
                    List<byte[]> alone = new ArrayList<>(Collections.nCopies(script.items(), new byte[28 * 28]));
                    alone.set(truth.getAsInt(), square());
                    RgbImage withoutIt = new Conveyor(script, others).frame(t);
                    RgbImage onlyIt = new Conveyor(script, alone).frame(t);
                    assertThat(changed(all, withoutIt, true)).isGreaterThan(500);
                    // Its shadow and its blur may reach a little further.
                    assertThat(changed(all, withoutIt, false)).isLessThan(60);
                    assertThat(changed(all, onlyIt, true)).isZero();
                }
            }
            assertThat(named).isGreaterThan(script.frames() / 8);
        }
    }

    @Test
    void shouldRestUnderTheCameraWhenIndexed() {
        assertThat(INDEXED.travelled(5)).isEqualTo(INDEXED.travelled(7));
        assertThat(STEADY.travelled(5)).isLessThan(STEADY.travelled(7));
    }

    @Test
    void shouldRefuseTooFewItems() {
        assertThatThrownBy(() -> new Conveyor(STEADY, items(2))).hasMessageContaining("there are 2");
    }

    @Test
    void shouldRefuseItemsThatTrainingNeverDraws() {
        assertThatThrownBy(() -> new CameraScript("x", 1, 64, 48, 10, 10, 0.3f, 0.7f, 1.3f, 1f, Motion.STEADY))
                .hasMessageContaining("0.3");
    }

    private static CameraScript script(Motion motion) {
        return new CameraScript("test", 7, 64, 48, 10, 80, 0.62f, 0.8f, 1.25f, 1.25f, motion);
    }

    private static Conveyor belt(CameraScript script) {
        return new Conveyor(script, items(script.items()));
    }

    private static List<byte[]> items(int count) {
        List<byte[]> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(square());
        }
        return items;
    }

    private static byte[] square() {
        byte[] item = new byte[28 * 28];
        for (int y = 2; y < 26; y++) {
            Arrays.fill(item, y * 28 + 2, y * 28 + 26, (byte) 230);
        }
        return item;
    }

    private static int changed(RgbImage a, RgbImage b, boolean central) {
        int count = 0;
        for (int i = 0; i < a.pixels().length; i++) {
            int x = i / 3 % 64;
            if ((x >= 8 && x < 56) == central && a.pixels()[i] != b.pixels()[i]) {
                count++;
            }
        }
        return count;
    }
}
