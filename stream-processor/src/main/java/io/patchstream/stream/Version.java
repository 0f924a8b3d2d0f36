package io.patchstream.stream;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of this jar, as its manifest has it. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "patchstream "
                    + Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                            .orElse("(not from a jar)")
        };
    }
}
