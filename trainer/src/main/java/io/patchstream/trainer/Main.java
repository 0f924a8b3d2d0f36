package io.patchstream.trainer;

import io.patchstream.trainer.checkpoint.ImportVerb;
import io.patchstream.trainer.export.ExportVerb;
import io.patchstream.trainer.scene.ClipsVerb;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The trainer's verbs: data to model to ONNX file. */
@Command(
        name = "patchstream",
        description = "Makes Patchstream's models.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            DataVerb.class,
            TrainVerb.class,
            SelfTrainVerb.class,
            StudyVerb.class,
            EvaluateVerb.class,
            InspectVerb.class,
            ReportVerb.class,
            RecipesVerb.class,
            ImportVerb.class,
            ExportVerb.class,
            ClipsVerb.class
        })
public final class Main {
    private Main() {}

    /** Exit codes: 0 done, 1 failed, 2 misused. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** All verbs, as the launcher and the tests run them. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main());
    }
}
