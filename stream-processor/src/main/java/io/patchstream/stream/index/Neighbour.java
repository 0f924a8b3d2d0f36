package io.patchstream.stream.index;

/**
 * An answer of a search.
 *
 * @param point what was found
 * @param distance 1 minus the cosine of the angle: 0 the same direction, 1 at right angles, 2 opposite
 */
public record Neighbour(Point point, double distance) {
    /** Nearest first; of equals, the one with the smaller id: an order that does not depend on how points were added. */
    static int compare(Neighbour one, Neighbour other) {
        int byDistance = Double.compare(one.distance, other.distance);
        return byDistance != 0 ? byDistance : one.point.id().compareTo(other.point.id());
    }
}
