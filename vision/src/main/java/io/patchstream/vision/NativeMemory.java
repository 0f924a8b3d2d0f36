package io.patchstream.vision;

import org.bytedeco.javacpp.Pointer;

/** The memory of native libraries as a whole: what their allocator keeps for later although nobody uses it. */
public final class NativeMemory {
    private NativeMemory() {}

    /**
     * Gives free pages of the C library's allocator back to the system ({@code malloc_trim} on Linux, nothing elsewhere).
     * It walks all of its heaps: some milliseconds, and other threads that allocate wait meanwhile. Worth it after
     * something large was freed, such as a model: each thread that loads one may have got a heap of its own, which
     * otherwise stays as large as it ever was.
     */
    public static void trim() {
        Pointer.trimMemory();
    }
}
