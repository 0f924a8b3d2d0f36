package io.patchstream.trainer.scene;

/**
 * How one camera sees its belt: all that stays the same while items pass. Colours are linear 0 to 1, lengths in frame
 * heights.
 *
 * @param beltTop where the belt begins, as v
 * @param beltBottom where it ends
 * @param beltRed the belt's colour
 * @param beltGreen the belt's colour
 * @param beltBlue the belt's colour
 * @param edgeRed colour of what lies beside the belt
 * @param edgeGreen colour of what lies beside the belt
 * @param edgeBlue colour of what lies beside the belt
 * @param grain strength of the belt's coarse texture
 * @param grainCell its size
 * @param speckle strength of the fine one
 * @param seamPeriod distance between the seams across the belt
 * @param seamWidth their width
 * @param seam how much lighter (or darker) they are, relative
 * @param ribPeriod distance between the ribs along the belt
 * @param rib how deep they are, relative
 * @param brightness the light's
 * @param slopeU how it changes along the belt, per frame height
 * @param slopeV how it changes across
 * @param vignette how much darker it is at distance 1 from the centre
 * @param warmth how much redder (and less blue) it is
 * @param shadow how dark an item's shadow is
 * @param shadowU where the shadow falls
 * @param shadowV where the shadow falls
 * @param blur variance of the lens blur, in (1/48 frame height) squared
 * @param noise standard deviation of the sensor's noise, in grey levels
 */
record CameraLook(
        float beltTop,
        float beltBottom,
        float beltRed,
        float beltGreen,
        float beltBlue,
        float edgeRed,
        float edgeGreen,
        float edgeBlue,
        float grain,
        float grainCell,
        float speckle,
        float seamPeriod,
        float seamWidth,
        float seam,
        float ribPeriod,
        float rib,
        float brightness,
        float slopeU,
        float slopeV,
        float vignette,
        float warmth,
        float shadow,
        float shadowU,
        float shadowV,
        float blur,
        float noise) {

    /** The look that a seed stands for. */
    static CameraLook of(long seed) {
        SplitMix random = new SplitMix(SplitMix.derive(seed, 1));
        // Squared, so that dark rubber is common and pale belts are rare, as on real conveyors.
        float pale = random.uniform();
        float belt = 0.08f + 0.26f * pale * pale;
        float edge = random.uniform(0.04f, 0.6f);
        return new CameraLook(
                random.uniform(-0.62f, -0.38f),
                random.uniform(0.38f, 0.62f),
                belt * random.uniform(0.75f, 1.25f),
                belt * random.uniform(0.8f, 1.25f),
                belt * random.uniform(0.75f, 1.35f),
                edge * random.uniform(0.8f, 1.2f),
                edge * random.uniform(0.8f, 1.2f),
                edge * random.uniform(0.7f, 1.2f),
                random.uniform(0f, 0.35f),
                random.uniform(0.06f, 0.3f),
                random.uniform(0f, 0.25f),
                random.uniform(0.25f, 1.6f),
                random.uniform(0.015f, 0.06f),
                random.chance(0.6f) ? random.uniform(-0.6f, 0.7f) : 0f,
                random.uniform(0.05f, 0.2f),
                random.chance(0.5f) ? random.uniform(0f, 0.3f) : 0f,
                random.uniform(0.65f, 1.15f),
                random.uniform(-0.3f, 0.3f),
                random.uniform(-0.3f, 0.3f),
                random.uniform(0f, 0.35f),
                random.uniform(-0.1f, 0.1f),
                random.uniform(0f, 0.5f),
                random.uniform(-0.035f, 0.035f),
                random.uniform(0.005f, 0.045f),
                random.chance(0.6f) ? random.uniform(0f, 0.8f) : 0f,
                random.uniform(0.5f, 7f));
    }
}
