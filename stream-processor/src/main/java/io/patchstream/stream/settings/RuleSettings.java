package io.patchstream.stream.settings;

import java.util.Collection;
import java.util.List;

/**
 * Rules on labels.
 *
 * @param file with {@code rule.NAME.KEY=VALUE}, as it was when the settings were read: whoever asks later goes by the same rules
 * @param topic where alarms go
 */
public record RuleSettings(
        @Setting(
                key = "rules.file",
                or = "",
                says =
                        "A properties file of rules on labels (rule.NAME.labels and so on, docs/camera-owner.md); alarms go to"
                                + " output.alarms. Empty is off.")
        RulesFile file,

        @Setting(
                key = "output.alarms",
                or = "patchstream.alarms",
                says = "Topic for alarms, where rules.file has rules.")
        String topic) {

    public RuleSettings {
        new Checks().topic("output.alarms", topic).done();
        // Here, so that what is wrong with rules is told with what is wrong with settings, before anything starts.
        file.rules();
    }

    /** Whether there are rules. */
    public boolean isOn() {
        return !file.equals(RulesFile.NONE);
    }

    /** The rules, by name. */
    public List<LabelRule> rules() {
        return file.rules();
    }

    /**
     * Holds the rules against the labels of a model.
     *
     * @throws SettingsException with every label that the model does not know
     */
    public void check(Collection<String> known) {
        file.rules(known);
    }
}
