package io.patchstream.vision.video;

import io.patchstream.vision.RgbImage;

/**
 * One picture of a video.
 *
 * @param image its pixels, upright
 * @param presentationMicros when it is shown, from the video's beginning
 * @param keyframe whether it decodes without any other
 */
public record VideoPicture(RgbImage image, long presentationMicros, boolean keyframe) {}
