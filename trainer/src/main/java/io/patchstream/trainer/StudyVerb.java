package io.patchstream.trainer;

import picocli.CommandLine.Command;

/** {@code study}: many small trainings, one question. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = {
            "Figures 2 to 5 of \"An Image is Worth 16x16 Words\" on your data: ViT, BiT, hybrids and compact transformers over",
            "the number of examples and over compute, and one model on many tasks. Stopped at any moment, the same command",
            "goes on where it was."
        },
        subcommands = {StudyDataSizeVerb.class, StudyScalingVerb.class, StudySuiteVerb.class})
final class StudyVerb {}
