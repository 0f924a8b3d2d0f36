package io.patchstream.trainer.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is wrong with a data set, each with file and line. Training refuses a data set with any; {@code data manifest} may
 * leave out the examples that are at fault, and lists them.
 */
public final class Problems {
    private static final int SHOWN = 10;

    private final List<String> all = new ArrayList<>();

    /** Notes one; the example is left out. */
    public void add(String where, String what) {
        all.add(where + ": " + what);
    }

    /** Notes one that says its place itself. */
    public void add(String what) {
        all.add(what);
    }

    /** Everything so far, in the order of the data. */
    public List<String> all() {
        return Collections.unmodifiableList(all);
    }

    /** @throws IOException when there is any; the message has the first {@value #SHOWN} and the number of all */
    public void refuseAny() throws IOException {
        if (!all.isEmpty()) {
            List<String> lines = new ArrayList<>(all.subList(0, Math.min(SHOWN, all.size())));
            if (all.size() > SHOWN) {
                lines.add("and " + (all.size() - SHOWN) + " more of the kind");
            }
            throw new IOException(String.join(System.lineSeparator(), lines));
        }
    }
}
