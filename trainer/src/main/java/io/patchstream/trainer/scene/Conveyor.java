package io.patchstream.trainer.scene;

import io.patchstream.vision.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A belt on which items pass a camera from left to right, and the truth of what it sees: the item that lies whole in the
 * central square, alone. Immutable.
 */
public final class Conveyor {
    private final CameraScript script;
    private final ScenePainter painter;
    private final CameraLook look;
    private final List<PlacedItem> items;

    /**
     * A belt with these items.
     *
     * @param items uint8 grey {@code [28, 28]} each, in the order in which they pass; {@link CameraScript#items()} of them
     */
    public Conveyor(CameraScript script, List<byte[]> items) {
        if (items.size() < script.items()) {
            throw new IllegalArgumentException(
                    script.name() + " films " + script.items() + " items; there are " + items.size());
        }
        this.script = script;
        this.painter = new ScenePainter(script.width(), script.height());
        this.look = CameraLook.of(script.seed());
        List<PlacedItem> placed = new ArrayList<>();
        for (int k = 0; k < script.items(); k++) {
            SplitMix random = new SplitMix(SplitMix.derive(script.seed(), 100 + k));
            float size = random.uniform(script.smallest(), script.largest());
            float shift = 0.6f * PlacedItem.Pose.room(size) * random.uniform(-1f, 1f);
            // At the start the belt rests with item 1 under the camera; item 0 has just passed it.
            placed.add(new PlacedItem(
                    items.get(k), PlacedItem.Pose.of(random.nextLong(), size).at((1 - k) * script.spacing() + shift)));
        }
        this.items = List.copyOf(placed);
    }

    /** What the camera sees in frame {@code t}. */
    public RgbImage frame(int t) {
        float travelled = script.travelled(t);
        List<PlacedItem> now = items.stream().map(item -> item.moved(travelled)).toList();
        return painter.paint(look, travelled, now, SplitMix.derive(script.seed(), 1_000_000L + t));
    }

    /** The item that lies whole in the central square of frame {@code t}, with no other touching it; none mostly between two. */
    public OptionalInt truth(int t) {
        float travelled = script.travelled(t);
        OptionalInt whole = OptionalInt.empty();
        for (int k = 0; k < items.size(); k++) {
            PlacedItem.Pose pose = items.get(k).moved(travelled).pose();
            float away = Math.abs(pose.u());
            if (away <= PlacedItem.Pose.room(pose.size())) {
                whole = OptionalInt.of(k);
            } else if (away < 0.5f + TURNED * pose.size()) {
                return OptionalInt.empty();
            }
        }
        return whole;
    }

    /** Half the width of a square of side 1 that is turned by ten degrees. */
    private static final float TURNED = 0.58f;
}
