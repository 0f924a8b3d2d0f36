package io.patchstream.vision;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/** JavaCPP's cache of unpacked native libraries, which outlives processes ({@code org.bytedeco.javacpp.cachedir}). */
public final class NativeCache {
    private NativeCache() {}

    /** Unpacks a resource unless it is there, under a lock of its own; those of one folder of a JAR lie in one folder. */
    public static Path unpack(URL resource) throws IOException {
        return Loader.cacheResource(resource).toPath();
    }

    /** Whether this machine is of 64-bit ARM; else it is x86-64, the other kind that there are libraries for. */
    public static boolean isArm() {
        return Loader.getPlatform().endsWith("arm64");
    }
}
