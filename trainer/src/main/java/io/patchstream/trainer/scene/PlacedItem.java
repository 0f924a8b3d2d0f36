package io.patchstream.trainer.scene;

/**
 * One item where it lies: its pixels, its pose and its cloth.
 *
 * <p>The pixels are borrowed, not copied: training places a million items.
 */
final class PlacedItem {
    /** Side of an item's picture in pixels. */
    static final int SIDE = 28;

    private final byte[] grey;
    private final Pose pose;

    /**
     * How an item lies. Lengths in frame heights.
     *
     * @param size side of its 28 x 28 picture
     * @param u where its centre is, along the belt
     * @param v where its centre is, across
     * @param radians how far it is turned
     * @param gain how bright its cloth is
     * @param red the cloth's tint
     * @param blue the cloth's tint
     */
    record Pose(float size, float u, float v, float radians, float gain, float red, float blue) {

        /** The pose that a seed stands for, with its centre at u = 0; {@code size} is its size. */
        static Pose of(long seed, float size) {
            SplitMix random = new SplitMix(SplitMix.derive(seed, 2));
            return new Pose(
                    size,
                    0f,
                    room(size) * random.uniform(-1f, 1f),
                    random.uniform(-0.175f, 0.175f),
                    random.uniform(0.8f, 1.1f),
                    random.uniform(0.85f, 1.15f),
                    random.uniform(0.85f, 1.15f));
        }

        /** How far an item of that size may lie off the centre and still be whole in the central square. */
        static float room(float size) {
            return Math.max(0f, 0.5f - size / 2);
        }

        /** The same item further along the belt. */
        Pose at(float newU) {
            return new Pose(size, newU, v, radians, gain, red, blue);
        }
    }

    /** @param grey uint8 {@code [28, 28]}, row-major; 0 is not the item */
    PlacedItem(byte[] grey, Pose pose) {
        if (grey.length != SIDE * SIDE) {
            throw new IllegalArgumentException(
                    "an item has " + grey.length + " pixels; it must have " + SIDE + " x " + SIDE);
        }
        this.grey = grey;
        this.pose = pose;
    }

    /** The same item after the belt has moved by {@code travelled}. */
    PlacedItem moved(float travelled) {
        return new PlacedItem(grey, pose.at(pose.u() + travelled));
    }

    Pose pose() {
        return pose;
    }

    /** Its brightness at a point of its own picture, interpolated, 0 to 255; 0 outside. */
    float at(float x, float y) {
        if (!(x > -1 && y > -1 && x < SIDE && y < SIDE)) {
            return 0;
        }
        // Both are above -1: adding 1 lets the cast round down.
        int left = (int) (x + 1) - 1;
        int top = (int) (y + 1) - 1;
        float fx = x - left;
        float fy = y - top;
        float upper = pixel(left, top) * (1 - fx) + pixel(left + 1, top) * fx;
        float lower = pixel(left, top + 1) * (1 - fx) + pixel(left + 1, top + 1) * fx;
        return upper * (1 - fy) + lower * fy;
    }

    private float pixel(int x, int y) {
        return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : grey[y * SIDE + x] & 0xFF;
    }
}
