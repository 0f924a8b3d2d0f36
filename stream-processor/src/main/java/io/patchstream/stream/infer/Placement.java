package io.patchstream.stream.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

/** Where a session runs: the execution provider that is put before ONNX Runtime's own, the CPU's. */
interface Placement {
    /** ONNX Runtime's own. */
    Placement CPU = new Placement() {
        @Override
        public String name() {
            return "cpu";
        }

        @Override
        public boolean gpu() {
            return false;
        }

        @Override
        public void addTo(OrtEnvironment environment, SessionOptions options) {
            // It is always there.
        }
    };

    /** Device and driver, for the fingerprint: one word. */
    String name();

    /** Whether it is one, or like one: with memory and threads of its own. */
    boolean gpu();

    /** Whether a picture's bits depend on how many are run together, so that all runs are filled up to one number. */
    default boolean isFilledUp() {
        return gpu();
    }

    /** Tells a session's options of it. */
    void addTo(OrtEnvironment environment, SessionOptions options) throws OrtException;
}
