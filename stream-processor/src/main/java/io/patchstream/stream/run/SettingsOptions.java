package io.patchstream.stream.run;

import io.patchstream.stream.settings.SettingsInForce;
import io.patchstream.stream.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options of every verb that takes settings; a picocli mixin. */
public final class SettingsOptions {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsOptions.class);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with settings; see docs/settings.md.")
    private Path config;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "One setting, over the file and the environment. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "The model's ONNX file; the same as --set model=FILE.")
    private Path model;

    @Option(
            names = "--plugin-path",
            paramLabel = "DIR[,DIR]",
            description =
                    "Folders with the jars of serde.serializer and serde.deserializer; the same as --set plugin.path=DIR.")
    private String plugins;

    @Option(
            names = LogFormat.OPTION,
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "How the log on standard error is written (text).")
    private LogFormat logFormat;

    /** An option of a verb's own that is a setting: the same as {@code --set}. Null is no setting. */
    public SettingsOptions with(String key, String value) {
        if (value != null) {
            set.put(key, value);
        }
        return this;
    }

    /**
     * The settings in force: defaults, then file, environment, options.
     *
     * @throws io.patchstream.stream.settings.SettingsException with all problems
     */
    public SettingsInForce load() {
        SettingsLoader loader = new SettingsLoader();
        if (config != null) {
            loader.file(config);
        }
        Map<String, String> options = new LinkedHashMap<>(set);
        if (model != null) {
            options.put("model", model.toString());
        }
        if (plugins != null) {
            options.put("plugin.path", plugins);
        }
        SettingsInForce inForce =
                loader.environment(System.getenv()).set(options).load();
        if (!inForce.ignored().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("variables", String.join(",", inForce.ignored()))
                    .log("environment variables that name no setting");
        }
        return inForce;
    }
}
