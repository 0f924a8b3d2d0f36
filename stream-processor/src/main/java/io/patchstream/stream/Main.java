package io.patchstream.stream;

import io.patchstream.stream.alarms.RulesCommand;
import io.patchstream.stream.classify.ClassifyCommand;
import io.patchstream.stream.deadletters.DlqCommand;
import io.patchstream.stream.demo.DemoCommand;
import io.patchstream.stream.desk.KafkaDesk;
import io.patchstream.stream.engine.ProfileCommand;
import io.patchstream.stream.examples.DataCommand;
import io.patchstream.stream.explain.ExplainCommand;
import io.patchstream.stream.ingest.IngestCommand;
import io.patchstream.stream.ledger.LedgerCommand;
import io.patchstream.stream.operate.AclsCommand;
import io.patchstream.stream.operate.DoctorCommand;
import io.patchstream.stream.operate.ModelsCommand;
import io.patchstream.stream.operate.TopicsCommand;
import io.patchstream.stream.replay.ReplayCommand;
import io.patchstream.stream.run.FailureReport;
import io.patchstream.stream.run.LogFormat;
import io.patchstream.stream.run.Misuse;
import io.patchstream.stream.run.RunCommand;
import io.patchstream.stream.run.SettingsCommand;
import io.patchstream.stream.run.TopologyCommand;
import io.patchstream.stream.search.SearchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The way in from a shell: the stream processor's verbs. Exit codes: 0 done, 1 failed, 2 misused. */
@Command(
        name = "patchstream",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Tags live video and images on Kafka with a Vision Transformer.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            IngestCommand.class,
            ClassifyCommand.class,
            ProfileCommand.class,
            LedgerCommand.class,
            ExplainCommand.class,
            ReplayCommand.class,
            SearchCommand.class,
            DataCommand.class,
            DlqCommand.class,
            RulesCommand.class,
            DoctorCommand.class,
            TopicsCommand.class,
            ModelsCommand.class,
            AclsCommand.class,
            SettingsCommand.class,
            TopologyCommand.class
        })
public final class Main {
    private Main() {}

    /** Makes verbs; that which stands below another package of the pipeline is handed what it must not know. */
    private static final class Verbs implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == RunCommand.class
                    ? type.cast(new RunCommand(KafkaDesk::new))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    public static void main(String[] args) {
        LogFormat.choose(args);
        System.exit(commandLine().execute(args));
    }

    /** The verbs, ready to execute. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main(), new Verbs())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new Misuse())
                .setExecutionExceptionHandler(new FailureReport());
    }
}
