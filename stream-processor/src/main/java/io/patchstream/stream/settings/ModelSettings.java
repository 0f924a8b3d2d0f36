package io.patchstream.stream.settings;

import java.nio.file.Path;
import java.util.List;

/**
 * Which model answers.
 *
 * @param file the model's ONNX file; an empty path takes the demo's
 * @param folder a folder of models, followed while the processor runs; an empty path follows none
 * @param topic a compacted topic that says which model is to be served; empty follows none
 * @param slot the key of its records that are meant
 * @param topicFrom absolute folders, and hosts with or without port, that such a model may be fetched from
 * @param cache where such models are kept
 * @param maxBytes the largest of such models, all its files together
 * @param sha256 what the model's SHA-256 must be, in hexadecimal, its external weights included; empty takes any
 * @param keys files of public keys, by one of which a model must be signed; empty asks for no signature
 * @param topK how many labels an answer names
 * @param goldenRequired whether a model without golden frames is refused
 */
public record ModelSettings(
        @Setting(
                key = "model",
                says = "The model's ONNX file, as `./patchstream export` writes it; empty takes the demo's.")
        Path file,

        @Setting(
                key = "model.folder",
                says =
                        "A folder of models instead of one: serves the one that its file `current` names, else the last by"
                                + " name, and goes over to another without losing a frame; see docs/models.md. Empty is off.")
        Path folder,

        @Setting(
                key = "model.topic",
                says =
                        "A compacted topic that says which model to serve, such as `patchstream.models`, instead of a file or a"
                                + " folder; `./patchstream models publish` writes to it; see docs/models.md. Empty is off.")
        String topic,

        @Setting(key = "model.slot", or = "default", says = "Which of the topic's models: the key of its records.")
        String slot,

        @Setting(
                key = "model.topic.from",
                says = "Where a model that the topic names may be fetched from: absolute folders, and hosts (`host` or"
                        + " `host:port`), separated by commas; empty allows none.")
        List<String> topicFrom,

        @Setting(
                key = "model.cache",
                or = "${java.io.tmpdir}/patchstream-models",
                says = "Where models that the topic names are kept, below the application's id and the slot.")
        Path cache,

        @Setting(
                key = "model.max.bytes",
                or = "4GiB",
                says = "The largest model that is fetched, all its files together.")
        long maxBytes,

        @Setting(
                key = "model.sha256",
                says =
                        "What the model's SHA-256 must be, in hexadecimal, as answers name it (of one file: `sha256sum`); another model is"
                                + " refused before it is opened. Empty takes any.")
        String sha256,

        @Setting(
                key = "model.key",
                says =
                        "Who must have signed a model: PEM files of Ed25519 public keys, separated by commas, of which one will do;"
                                + " a model without such a signature beside it is refused before it is opened; see docs/security.md."
                                + " Empty takes any.")
        List<Path> keys,

        @Setting(key = "model.top.k", or = "5", says = "How many labels an answer names, the most probable first.")
        int topK,

        @Setting(
                key = "model.golden.required",
                or = "true",
                says =
                        "Refuse a model that has no golden frames beside it to prove that it computes here what it computed"
                                + " where it was made.")
        boolean goldenRequired) {

    public ModelSettings {
        topicFrom = List.copyOf(topicFrom);
        keys = List.copyOf(keys);
        Checks checks = new Checks()
                .that(
                        file.toString().isEmpty() || folder.toString().isEmpty(),
                        "model.folder",
                        folder,
                        "empty when model is set, which is " + file)
                .that(
                        sha256.matches("([0-9a-fA-F]{64})?"),
                        "model.sha256",
                        "'" + sha256 + "'",
                        "64 hexadecimal digits, as sha256sum prints them")
                .that(
                        sha256.isEmpty() || folder.toString().isEmpty(),
                        "model.sha256",
                        sha256,
                        "empty when model.folder is set, whose files change")
                .that(
                        topic.isEmpty()
                                || (file.toString().isEmpty()
                                        && folder.toString().isEmpty()
                                        && sha256.isEmpty()),
                        "model.topic",
                        topic,
                        "empty when model, model.folder or model.sha256 is set")
                .that(
                        slot.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"),
                        "model.slot",
                        "'" + slot + "'",
                        "1 to 100 of the letters a-z, A-Z, 0-9, '.', '_' and '-', the first a letter or a digit")
                .atLeast(1, "model.max.bytes", maxBytes)
                .atLeast(1, "model.top.k", topK);
        if (!topic.isEmpty()) {
            checks.topic("model.topic", topic);
        }
        topicFrom.forEach(from -> checks.that(
                Path.of(from).isAbsolute() || Hosts.isEntry(from),
                "model.topic.from",
                from,
                "absolute folders and hosts, such as /srv/models,models.example.org:8443"));
        checks.done();
    }
}
