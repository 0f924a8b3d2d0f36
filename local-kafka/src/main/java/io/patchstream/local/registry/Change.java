package io.patchstream.local.registry;

import java.util.List;
import java.util.Optional;

/** What can happen to a registry. The log holds these in order; the state is what they add up to. */
sealed interface Change {

    /** A new version of a subject; its id may be one that another subject has. */
    record Registered(SubjectVersion version) implements Change {}

    /** Versions that are hidden from now on. */
    record SoftDeleted(String subject, List<Integer> versions) implements Change {
        public SoftDeleted {
            versions = List.copyOf(versions);
        }
    }

    /** Softly deleted versions that are gone from now on. */
    record Erased(String subject, List<Integer> versions) implements Change {
        public Erased {
            versions = List.copyOf(versions);
        }
    }

    /**
     * @param subject empty for the global level
     * @param level empty to fall back: a subject to the global level, the global level to BACKWARD
     */
    record LevelSet(Optional<String> subject, Optional<Compatibility> level) implements Change {}

    /**
     * @param subject empty for the global mode
     * @param mode empty to fall back: a subject to the global mode, the global mode to READWRITE
     */
    record ModeSet(Optional<String> subject, Optional<Mode> mode) implements Change {}
}
