package io.patchstream.trainer.scene;

import io.patchstream.vision.RgbImage;
import java.util.List;

/**
 * One item on a conveyor belt, seen by a camera: what training draws. Belt, background, light, pose and sensor all come
 * from the seed, and cover what a {@link Conveyor}'s frames look like once they are brought to their central square.
 *
 * <p>Draw it no larger than training needs: 64 x 48 for a model of 48 x 48, whose input is the central square. Immutable;
 * shared by threads.
 */
public final class ConveyorScene {
    /** The smallest an item appears: side of its 28 x 28 picture in frame heights. */
    static final float SMALLEST = 0.58f;

    /** The largest. */
    static final float LARGEST = 0.96f;

    private final ScenePainter painter;

    /**
     * A scene of that many pixels.
     *
     * @throws IllegalArgumentException when it is less than 16 pixels high, or narrower than high
     */
    public ConveyorScene(int width, int height) {
        painter = new ScenePainter(width, height);
    }

    /**
     * The item on some belt, in the central square and whole but for a sliver.
     *
     * @param item28x28 uint8 grey {@code [28, 28]}, row-major, as Fashion-MNIST has it; read, not kept
     * @param seed everything else
     * @return {@code [height, width, 3]}
     */
    public RgbImage render(byte[] item28x28, long seed) {
        SplitMix random = new SplitMix(SplitMix.derive(seed, 4));
        float size = random.uniform(SMALLEST, LARGEST);
        // A little beyond what a clip calls whole: a model should not be surprised at the border.
        float u = (PlacedItem.Pose.room(size) + 0.03f) * random.uniform(-1f, 1f);
        float travelled = random.uniform(0f, 40f);
        PlacedItem item =
                new PlacedItem(item28x28, PlacedItem.Pose.of(seed, size).at(u));
        return painter.paint(CameraLook.of(seed), travelled, List.of(item), seed);
    }
}
