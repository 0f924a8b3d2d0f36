package io.patchstream.stream.settings;

import java.util.Collection;
import java.util.List;

/**
 * Rules on labels.
 *
 * @param file a properties file with {@code rule.NAME.KEY=VALUE}; empty for no rules
 * @param topic where alarms go
 */
public record RuleSettings(
        @Setting(
                key = "rules.file",
                or = "",
                says =
                        "A properties file of rules on labels (rule.NAME.labels and so on, docs/camera-owner.md); alarms go to"
                                + " output.alarms. Empty is off.")
        String file,

        @Setting(
                key = "output.alarms",
                or = "patchstream.alarms",
                says = "Topic for alarms, where rules.file has rules.")
        String topic) {

    public RuleSettings {
        new Checks().topic("output.alarms", topic).done();
        // Read here, so that what is wrong with rules is told with what is wrong with settings, before anything starts.
        if (!file.isEmpty()) {
            new RulesFile(file).rules();
        }
    }

    /** Whether there are rules. */
    public boolean isOn() {
        return !file.isEmpty();
    }

    /** The rules as the file has them now, by name. */
    public List<LabelRule> rules() {
        return isOn() ? new RulesFile(file).rules() : List.of();
    }

    /**
     * Holds the rules against the labels of a model.
     *
     * @throws SettingsException with every label that the model does not know
     */
    public void check(Collection<String> known) {
        if (isOn()) {
            new RulesFile(file).rules(known);
        }
    }
}
