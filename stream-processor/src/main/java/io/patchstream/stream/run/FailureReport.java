package io.patchstream.stream.run;

import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.vision.model.ContractException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * How a verb's failure is told. What the user can mend is a message without a stack trace; settings that are wrong end with
 * exit code 2, all else with 1.
 */
public final class FailureReport implements IExecutionExceptionHandler {
    private static final List<Class<?>> TOLD =
            List.of(ProcessorFailedException.class, ContractException.class, EngineStoppedException.class);

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof SettingsException wrong) {
            wrong.problems().forEach(problem -> tell(command, problem));
            return ExitCode.USAGE;
        }
        if (TOLD.stream().anyMatch(type -> type.isInstance(failure))) {
            tell(command, failure.getMessage());
        } else {
            tell(command, failure.toString());
            failure.printStackTrace(command.getErr());
        }
        return ExitCode.SOFTWARE;
    }

    private static void tell(CommandLine command, String message) {
        command.getErr().println(command.getColorScheme().errorText(message));
    }
}
