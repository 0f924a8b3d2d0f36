package io.patchstream.local.registry;

/**
 * How a call names a version.
 *
 * @param number from 1, or {@link #LATEST}
 */
record VersionName(int number) {

    private static final int LATEST = -1;

    /** @throws RegistryException 42202 unless it is a number from 1, {@code latest} or -1 */
    static VersionName parse(String name) {
        if (name.equals("latest") || name.equals("-1")) {
            return new VersionName(LATEST);
        }
        try {
            int number = Integer.parseInt(name);
            if (number > 0) {
                return new VersionName(number);
            }
        } catch (NumberFormatException notANumber) {
            throw RegistryException.invalidVersion(name);
        }
        throw RegistryException.invalidVersion(name);
    }

    boolean isLatest() {
        return number == LATEST;
    }
}
