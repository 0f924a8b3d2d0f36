package io.patchstream.stream.ledger;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ledger}: every frame, accounted for. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description = "Accounts for every frame, from the answers themselves.",
        subcommands = {LedgerCheckCommand.class, LedgerWriteCommand.class})
public final class LedgerCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "ledger needs to be told what to do: check or write");
    }
}
