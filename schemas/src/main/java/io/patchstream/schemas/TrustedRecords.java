package io.patchstream.schemas;

import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Tells Avro that the generated classes of this package may be made from what a schema names.
 *
 * <p>Since 1.12.2 Avro makes no class by name that is not on a list of the whole JVM; without an entry even copying a
 * {@link Frame} by its builder fails. Our serde adds it by itself; who uses the generated classes without our serde, as
 * with Confluent's in its place, calls {@link #trust()} once at start.
 */
public final class TrustedRecords {
    private static final String PACKAGE = TrustedRecords.class.getPackageName();

    private TrustedRecords() {}

    /** Adds this package's records and enums to Avro's list, beside what is there; may be called again. */
    public static void trust() {
        synchronized (TrustedRecords.class) {
            ClassSecurityPredicate others = ClassSecurityValidator.getGlobal();
            if (!others.isTrusted(Frame.class)) {
                ClassSecurityValidator.setGlobal(
                        ClassSecurityValidator.composite(others, TrustedRecords::isGeneratedHere));
            }
        }
    }

    private static boolean isGeneratedHere(Class<?> type) {
        return type.getPackageName().equals(PACKAGE)
                && (SpecificRecord.class.isAssignableFrom(type) || GenericEnumSymbol.class.isAssignableFrom(type));
    }
}
