package io.patchstream.trainer;

import picocli.CommandLine.Command;

/** {@code data}: examples, before anything learns from them. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = {
            "Lists, checks and divides examples: of manifests, shards, IDX files and folders of pictures (docs/data.md).",
            "data from-topic, data correct and data fetch have them from a Kafka topic; each has --help of its own."
        },
        subcommands = {DataManifestVerb.class, DataSplitVerb.class, DataDedupVerb.class})
final class DataVerb {}
