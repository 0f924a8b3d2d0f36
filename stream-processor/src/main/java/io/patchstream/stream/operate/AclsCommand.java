package io.patchstream.stream.operate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.acl.AclBinding;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code acls}: the least that a principal must be allowed. */
@Command(
        name = "acls",
        mixinStandardHelpOptions = true,
        description =
                "Prints the least that a principal must be allowed, as commands of kafka-acls.sh. Asks no broker.")
public final class AclsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--application-id",
            paramLabel = "X",
            description = "The application; the same as --set application.id=X.")
    private String applicationId;

    @Option(
            names = "--principal",
            paramLabel = "P",
            description = "Who is to be allowed; by default User: and the application id.")
    private String principal;

    @Option(
            names = "--for",
            paramLabel = "TASK",
            defaultValue = "RUN",
            description = "What for: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private AclPlan.Task task;

    @Option(
            names = "--ledger",
            paramLabel = "TOPIC",
            defaultValue = Topics.DEFAULT_PREFIX + "ledger",
            description = "The ledger's topic, for LEDGER-WRITE (${DEFAULT-VALUE}).")
    private String ledger;

    @Option(names = "--group", paramLabel = "G", description = "The group that reads, for LABELS and ALARMS.")
    private String group;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Settings settings = options.with("application.id", applicationId).load().settings();
        String who = principal == null ? "User:" + settings.stream().applicationId() : principal;
        if (!who.matches("[A-Za-z0-9]+:[^']+")) {
            throw new SettingsException(
                    List.of("--principal is " + who + "; it must be TYPE:NAME, such as User:patchstream"));
        }
        mustBeName("--ledger", ledger);
        if (group != null) {
            mustBeName("--group", group);
        }
        AclPlan plan = new AclPlan(settings, who, ledger, Optional.ofNullable(group));
        List<AclBinding> acls = plan.of(task);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            List<Map<String, Object>> all = acls.stream().map(plan::toJson).toList();
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all));
        } else {
            acls.forEach(acl -> out.println(plan.command(acl)));
        }
        out.flush();
        return ExitCode.OK;
    }

    /** What can be printed as a word of a shell command. */
    private static void mustBeName(String option, String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,249}")) {
            throw new SettingsException(
                    List.of(option + " is " + name + "; it must be 1 to 249 letters, digits, dots, - or _"));
        }
    }
}
