package io.patchstream.stream.run;

import io.patchstream.stream.topology.FrameTopology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code topology}: what Kafka Streams is given to run. */
@Command(
        name = "topology",
        mixinStandardHelpOptions = true,
        description = "Prints the topology that these settings make; needs neither a broker nor a model.")
public final class TopologyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Override
    public void run() {
        spec.commandLine().getOut().print(FrameTopology.describe(options.load().settings()));
        spec.commandLine().getOut().flush();
    }
}
