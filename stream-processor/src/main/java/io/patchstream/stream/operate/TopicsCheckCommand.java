package io.patchstream.stream.operate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code topics check}: each deviation, and the command that mends it. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Holds each topic of the settings against the plan: partitions, replicas, clean-up, compression, largest record,",
            "retention. Prints each deviation with the command that mends it. Exit code 1: one of them loses frames or stops",
            "the processor."
        })
final class TopicsCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Settings settings = options.load().settings();
        List<Finding> findings;
        try (Admin admin = Admin.create(Lookup.clients(settings).getAdminConfigs("patchstream-topics"))) {
            Finding answer = BrokerCheck.answer(settings, admin);
            findings = answer.level() == Finding.Level.FAIL
                    ? List.of(answer)
                    : new TopicInspection(settings, admin).inspect();
        }
        print(spec.commandLine().getOut(), findings, json);
        return Finding.anyFail(findings) ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    static void print(PrintWriter out, List<Finding> findings, boolean json) throws JsonProcessingException {
        if (json) {
            out.println(new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(findings.stream().map(Finding::toJson).toList()));
        } else {
            findings.forEach(finding -> out.println(finding.toText()));
        }
        out.flush();
    }
}
