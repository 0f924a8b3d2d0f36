package io.patchstream.stream.alarms;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmKind;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rules list}: a line an alarm. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "A line for each alarm on the topic (output.alarms), camera by camera in their order: time, kind, rule, camera,",
            "what the deciding picture shows, where its frame lies, and the alarm's id. Takes the settings of run."
        })
final class RulesListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(names = "--on", description = "Only those that are on: raised, and not cleared yet.")
    private boolean on;

    @Option(names = "--json", description = "A JSON object a line instead, as a webhook is told.")
    private boolean json;

    private int unreadable;

    @Override
    public Integer call() {
        Settings settings = options.load().settings();
        PrintWriter out = spec.commandLine().getOut();
        Map<String, String> lines = new LinkedHashMap<>();
        try (Lookup lookup = Lookup.open(settings);
                AlarmReader alarms = new AlarmReader(settings)) {
            lookup.readAll(settings.rules().topic(), record -> {
                Optional<Alarm> alarm = alarms.read(record);
                alarm.ifPresentOrElse(found -> take(found, record.timestamp(), lines), () -> unreadable++);
            });
        }
        lines.values().forEach(out::println);
        if (!json) {
            boolean isOne = lines.size() == 1;
            out.println(lines.size()
                    + (isOne ? " alarm" : " alarms")
                    + (!on ? "" : isOne ? " is on" : " are on")
                    + (unreadable == 0 ? "" : ", records that are none of ours: " + unreadable));
        }
        out.flush();
        return ExitCode.OK;
    }

    private void take(Alarm alarm, long timestamp, Map<String, String> lines) {
        if (on && alarm.getKind() == AlarmKind.CLEARED) {
            lines.remove(alarm.getRaisedId());
        } else {
            lines.put(alarm.getId(), json ? AlarmJson.write(alarm) : text(alarm, timestamp));
        }
    }

    private static String text(Alarm alarm, long timestamp) {
        return String.join(
                "  ",
                Instant.ofEpochMilli(timestamp).toString(),
                alarm.getKind().name(),
                alarm.getRule(),
                alarm.getCameraId(),
                Alarms.deciding(alarm)
                        .map(picture -> "%s %.3f  %s:%d:%d"
                                .formatted(
                                        picture.getLabel(),
                                        picture.getProbability(),
                                        picture.getSourceTopic(),
                                        picture.getSourcePartition(),
                                        picture.getSourceOffset()))
                        .orElse("the rule was changed or taken away"),
                alarm.getId());
    }
}
