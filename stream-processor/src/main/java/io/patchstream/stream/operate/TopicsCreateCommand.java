package io.patchstream.stream.operate;

import io.patchstream.schemas.TopicSpec;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.operate.Asking.Refused;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code topics create}: all that are missing. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = {
            "Makes the topics that are missing, each with its partitions, clean-up, compression and largest record; those of",
            "the settings, the one that dlq replay marks, and the ledger's. Changes none that is there: topics check tells of",
            "those."
        })
final class TopicsCreateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--retention-hours",
            paramLabel = "H",
            description = "How long frames and answers are kept; by default the broker's log.retention.")
    private Long retentionHours;

    @Option(names = "--dry-run", description = "Print the commands that make them instead.")
    private boolean dryRun;

    @Override
    public Integer call() {
        Settings settings = options.load().settings();
        PrintWriter out = spec.commandLine().getOut();
        TopicPlan plan = new TopicPlan(settings);
        int failed = 0;
        if (dryRun) {
            plan.all().forEach(topic -> out.println(plan.createCommand(topic) + retention(topic)));
        } else {
            try (Admin admin = Admin.create(Lookup.clients(settings).getAdminConfigs("patchstream-topics"))) {
                Finding answer = BrokerCheck.answer(settings, admin);
                if (answer.level() == Finding.Level.FAIL) {
                    out.println(answer.toText());
                    out.flush();
                    return ExitCode.SOFTWARE;
                }
                for (TopicSpec topic : plan.all()) {
                    failed += create(admin, plan, topic, out) ? 0 : 1;
                }
            }
        }
        out.flush();
        return failed == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean create(Admin admin, TopicPlan plan, TopicSpec topic, PrintWriter out) {
        NewTopic asked = plan.toCreate(topic);
        if (isRetained(topic)) {
            Map<String, String> configs = new java.util.TreeMap<>(topic.configs());
            configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retentionMillis()));
            asked.configs(configs);
        }
        try {
            Asking.of(admin.createTopics(List.of(asked)).values().get(topic.name()));
            out.println(topic.name() + " made, " + plan.partitions(topic) + " partitions, "
                    + topic.cleanUp().policy());
            return true;
        } catch (Refused e) {
            if (e.isA(TopicExistsException.class)) {
                out.println(topic.name() + " is there");
                return true;
            }
            out.println(topic.name() + " cannot be made: " + e.getMessage() + "\n      by hand: "
                    + plan.createCommand(topic) + retention(topic));
            return false;
        }
    }

    private String retention(TopicSpec topic) {
        return isRetained(topic) ? " --config " + TopicConfig.RETENTION_MS_CONFIG + "=" + retentionMillis() : "";
    }

    private boolean isRetained(TopicSpec topic) {
        return retentionHours != null && topic.cleanUp() == TopicSpec.CleanUp.DELETE;
    }

    private long retentionMillis() {
        return Duration.ofHours(retentionHours).toMillis();
    }
}
