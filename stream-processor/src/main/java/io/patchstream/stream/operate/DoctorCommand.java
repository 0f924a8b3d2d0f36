package io.patchstream.stream.operate;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: whether {@code run} would run, and what mends it if not. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Tries all that run needs, with its settings: Java, native libraries, GPU, model and golden frames, disks, broker,",
            "clock, topics, rights, registry, collector of spans. A line each, ok, warn or fail, and under it what mends it. Leaves nothing behind.",
            "Exit code 1: something fails."
        })
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--principal",
            paramLabel = "P",
            description = "Who the commands are to allow; by default User: and the application id.")
    private String principal;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Settings settings = options.load().settings();
        String who = principal == null ? "User:" + settings.stream().applicationId() : principal;
        List<Finding> findings = new ArrayList<>(new MachineCheck(settings).check());
        findings.addAll(new BrokerCheck(settings, who).check());
        findings.add(RegistryCheck.check(settings));
        CollectorCheck.check(settings).ifPresent(findings::add);
        TopicsCheckCommand.print(spec.commandLine().getOut(), findings, json);
        return Finding.anyFail(findings) ? ExitCode.SOFTWARE : ExitCode.OK;
    }
}
