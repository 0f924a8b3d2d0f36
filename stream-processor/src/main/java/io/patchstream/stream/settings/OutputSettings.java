package io.patchstream.stream.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where answers go.
 *
 * @param labels the topic of classifications
 * @param embeddings the topic of embeddings
 * @param deadLetters the topic of frames that could not be answered
 * @param drops the topic of frames that were left out on purpose
 * @param format in which form embeddings are published
 * @param embeddingsJson the topic of embeddings as JSON
 * @param collection the vector store's collection that embeddings name
 */
public record OutputSettings(
        @Setting(key = "output.labels", or = "patchstream.labels", says = "Topic for classifications.")
        String labels,

        @Setting(key = "output.embeddings", or = "patchstream.embeddings", says = "Topic for embeddings.")
        String embeddings,

        @Setting(
                key = "output.dead-letters",
                or = "patchstream.dead-letters",
                says = "Topic for records that could not be answered, bytes untouched.")
        String deadLetters,

        @Setting(
                key = "output.drops",
                or = "patchstream.drops",
                says = "Topic for frames that an overload policy left out, with the reason.")
        String drops,

        @Setting(
                key = "embeddings.format",
                or = "avro",
                says = "How embeddings are published: avro on output.embeddings, json (for sinks that take no Avro) on"
                        + " output.embeddings.json, or both.")
        EmbeddingsFormat format,

        @Setting(
                key = "output.embeddings.json",
                or = "patchstream.embeddings.json",
                says = "Topic for embeddings as JSON, where embeddings.format asks for it.")
        String embeddingsJson,

        @Setting(
                key = "output.collection",
                or = "patchstream",
                says = "The vector store's collection that embeddings name.")
        String collection) {

    public OutputSettings {
        Checks checks = new Checks()
                .topic("output.labels", labels)
                .topic("output.embeddings", embeddings)
                .topic("output.dead-letters", deadLetters)
                .topic("output.drops", drops)
                .topic("output.embeddings.json", embeddingsJson)
                .that(!collection.isBlank(), "output.collection", "empty", "a name");
        if (!labels.equals(embeddings)) {
            checks.that(
                    !Set.of(labels, embeddings).contains(deadLetters),
                    "output.dead-letters",
                    deadLetters,
                    "a topic of its own");
        }
        checks.that(
                !List.of(labels, embeddings, deadLetters).contains(drops), "output.drops", drops, "a topic of its own");
        checks.that(
                !List.of(labels, embeddings, deadLetters, drops).contains(embeddingsJson),
                "output.embeddings.json",
                embeddingsJson,
                "a topic of its own");
        checks.that(!labels.equals(embeddings), "output.embeddings", embeddings, "another topic than output.labels")
                .done();
    }

    /** All topics of answers by the settings that name them; {@link #format} may leave one of embeddings unwritten. */
    public Map<String, String> topics() {
        Map<String, String> topics = new LinkedHashMap<>();
        topics.put("output.labels", labels);
        topics.put("output.embeddings", embeddings);
        topics.put("output.embeddings.json", embeddingsJson);
        topics.put("output.dead-letters", deadLetters);
        topics.put("output.drops", drops);
        return topics;
    }
}
