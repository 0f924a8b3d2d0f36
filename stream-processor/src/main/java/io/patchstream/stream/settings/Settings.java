package io.patchstream.stream.settings;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that a processor is told. Precedence, the later wins:
 *
 * <ol>
 *   <li>the defaults, which stand on the record components;
 *   <li>the file of {@code --config}, a Java properties file;
 *   <li>the environment: {@code PATCHSTREAM_INPUT_TOPICS} is {@code input.topics}, {@code KAFKA_BOOTSTRAP_SERVERS} is
 *       {@code kafka.bootstrap.servers};
 *   <li>{@code --set key=value}.
 * </ol>
 *
 * <p>A value may name a place where it stands instead ({@link References}), as a secret should.
 *
 * @param stream how the topology runs
 * @param model which model answers
 * @param compute on what frames are decoded and inferred
 * @param decode where frames are decoded
 * @param input where frames come from
 * @param output where answers go
 * @param uncertain which answers a person is to look at
 * @param rules which labels raise an alarm
 * @param topics how missing topics come to be
 * @param claims which payload references may be fetched
 * @param http where it tells of itself
 * @param trace where spans of frames go
 * @param ui where the live page is served
 * @param serde how records are written and read
 * @param kafka what is passed to Kafka's clients untouched, without the prefix {@code kafka.}
 */
public record Settings(
        StreamSettings stream,
        ModelSettings model,
        ComputeSettings compute,
        DecodeSettings decode,
        InputSettings input,
        OutputSettings output,
        UncertainSettings uncertain,
        RuleSettings rules,
        TopicSettings topics,
        ClaimSettings claims,
        HttpSettings http,
        TraceSettings trace,
        UiSettings ui,
        SerdeSettings serde,
        Map<String, String> kafka) {

    public Settings {
        kafka = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(kafka));
        Checks checks = new Checks();
        Set<String> taken = new HashSet<>(input.topics());
        output.topics()
                .forEach((key, topic) -> checks.that(!taken.contains(topic), key, topic, "a topic that is not read"));
        taken.addAll(output.topics().values());
        if (uncertain.isOn()) {
            checks.that(taken.add(uncertain.topic()), "output.uncertain", uncertain.topic(), "a topic of its own");
        }
        if (rules.isOn()) {
            checks.that(taken.add(rules.topic()), "output.alarms", rules.topic(), "a topic of its own");
        }
        checks.that(
                        uncertain.margin() == 0 || model.topK() > 1,
                        "model.top.k",
                        model.topK(),
                        "at least 2 with uncertain.margin, which compares the best label with the second")
                .that(
                        decode.isolation() == DecodeSettings.Isolated.NONE
                                || decode.isolationPatience().multipliedBy(2).compareTo(compute.deadline()) < 0,
                        "decode.isolation.patience",
                        decode.isolationPatience(),
                        "less than half of engine.deadline, since a frame is tried twice")
                .that(
                        http.port() == 0 || http.stuckAfter().compareTo(compute.deadline()) > 0,
                        "http.stuck.after",
                        http.stuckAfter(),
                        "longer than engine.deadline, which is " + Parsing.written(compute.deadline())
                                + ": one slow frame would count as standing still")
                .done();
    }

    /** The defaults with {@code values} on top, as after {@code --set}. */
    public static Settings of(Map<String, String> values) {
        return new SettingsLoader().set(values).load().settings();
    }

    /** Without secrets: a record that is logged shows them otherwise. */
    @Override
    public String toString() {
        return "Settings[stream=" + stream + ", model=" + model + ", compute=" + compute + ", decode=" + decode
                + ", input=" + input
                + ", output=" + output + ", uncertain=" + uncertain + ", rules=" + rules + ", topics=" + topics
                + ", claims=" + claims
                + ", http=" + http + ", trace="
                + trace + ", serde=" + serde + ", kafka=" + Secrets.masked(kafka) + "]";
    }
}
