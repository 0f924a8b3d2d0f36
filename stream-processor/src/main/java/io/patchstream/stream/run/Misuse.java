package io.patchstream.stream.run;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How a wrong command line is told: what is wrong, the nearest right word where there is one, and where to read more. All of a
 * verb's help below it would push that off the screen; it follows only where something is left out.
 */
public final class Misuse implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        CommandSpec spec = command.getCommandSpec();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText(failure.getMessage()));
        UnmatchedArgumentException.printSuggestions(failure, err);
        if (failure instanceof MissingParameterException || !spec.subcommands().isEmpty()) {
            command.usage(err, command.getColorScheme());
        } else {
            err.println("./" + spec.qualifiedName() + " --help tells what there is");
        }
        return spec.exitCodeOnInvalidInput();
    }
}
