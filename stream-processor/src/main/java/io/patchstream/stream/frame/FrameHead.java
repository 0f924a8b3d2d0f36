package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * What is known of a frame without decoding it.
 *
 * @param frameId the frame's id
 * @param cameraId its camera
 * @param sequence the position of its first picture in the camera's stream
 * @param capturedAtMicros when its first picture was taken: microseconds since the epoch
 * @param pictures how many pictures the sender says that it holds; 1 for a still
 * @param attributes what the sender attached
 */
public record FrameHead(
        String frameId,
        String cameraId,
        long sequence,
        long capturedAtMicros,
        int pictures,
        Map<String, String> attributes) {
    public FrameHead {
        requireNonNull(frameId, "frameId");
        requireNonNull(cameraId, "cameraId");
        attributes = Map.copyOf(attributes);
    }
}
