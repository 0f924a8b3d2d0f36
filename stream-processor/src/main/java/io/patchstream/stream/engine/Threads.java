package io.patchstream.stream.engine;

/**
 * How many threads an engine has.
 *
 * @param infer how many run batches
 * @param decode how many decode
 */
record Threads(int infer, int decode) {
    /** One that prepares and two whose batches are there: one's pixels travel while it computes the other's. */
    static final int INFER_ON_GPU = 3;

    /**
     * As set, and where that is 0, as suits the device.
     *
     * @param intraOpThreads how many threads work on one batch
     */
    static Threads of(EngineSettings settings, boolean gpu, int intraOpThreads) {
        int cores = Runtime.getRuntime().availableProcessors();
        int infer = settings.inferThreads();
        if (infer == 0) {
            // On a CPU, one batch per core and one core per batch gives the most.
            infer = gpu ? INFER_ON_GPU : Math.max(1, cores / intraOpThreads);
        }
        int decode = settings.decodeThreads();
        if (decode == 0) {
            // A GPU wants all cores for decoding. Beside inference on the CPU, decoding takes turns with it.
            decode = gpu ? Math.max(1, cores - 1) : Math.max(1, cores / 2);
        }
        return new Threads(infer, decode);
    }
}
