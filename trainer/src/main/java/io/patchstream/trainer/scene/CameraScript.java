package io.patchstream.trainer.scene;

import static java.util.Objects.requireNonNull;

/**
 * What one camera of the demo films.
 *
 * @param name the clip's name
 * @param seed the belt, the light and how the items lie
 * @param width of a frame in pixels
 * @param height of a frame in pixels
 * @param framesPerSecond the camera's rate
 * @param frames the clip's length
 * @param smallest the smallest item, in frame heights
 * @param largest the largest one
 * @param spacing from one item to the next, in frame heights
 * @param itemsPerSecond how fast they come
 * @param motion how the belt moves
 */
public record CameraScript(
        String name,
        long seed,
        int width,
        int height,
        int framesPerSecond,
        int frames,
        float smallest,
        float largest,
        float spacing,
        float itemsPerSecond,
        Motion motion) {

    /** How a belt moves. */
    public enum Motion {
        /** At one speed. */
        STEADY,
        /** From item to item, with a rest under the camera. */
        INDEXED
    }

    public CameraScript {
        requireNonNull(name, "name");
        requireNonNull(motion, "motion");
        if (framesPerSecond < 1 || frames < 1 || !(itemsPerSecond > 0)) {
            throw new IllegalArgumentException(name + " films " + frames + " frames at " + framesPerSecond
                    + " frames/s and " + itemsPerSecond + " items/s; all three must be positive");
        }
        if (!(smallest >= ConveyorScene.SMALLEST && smallest <= largest && largest <= ConveyorScene.LARGEST)) {
            throw new IllegalArgumentException(name + " shows items of " + smallest + " to " + largest
                    + " frame heights; training draws them from " + ConveyorScene.SMALLEST + " to "
                    + ConveyorScene.LARGEST);
        }
        if (!(spacing >= 1)) {
            throw new IllegalArgumentException(
                    name + " has items " + spacing + " frame heights apart; closer than 1, two share the picture");
        }
    }

    /** How far the belt has moved when frame {@code t} is taken, in frame heights; 0 at the first. */
    float travelled(int t) {
        float items = t * itemsPerSecond / framesPerSecond;
        if (motion == Motion.STEADY) {
            return items * spacing;
        }
        int whole = (int) items;
        float move = Math.min(1f, (items - whole) / MOVING);
        return (whole + move * move * (3 - 2 * move)) * spacing;
    }

    /** The part of an item's time in which an indexed belt moves. */
    private static final float MOVING = 0.4f;

    /** Items that come into the picture during the clip. */
    int items() {
        return (int) Math.ceil(travelled(frames - 1) / spacing) + 3;
    }
}
