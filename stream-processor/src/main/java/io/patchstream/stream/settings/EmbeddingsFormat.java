package io.patchstream.stream.settings;

/** In which form embeddings are published. */
public enum EmbeddingsFormat {
    /** As Avro, on {@code output.embeddings}. */
    AVRO,
    /** As JSON without a schema, on {@code output.embeddings.json}. */
    JSON,
    /** In both forms, each on its topic, in one transaction. */
    BOTH;

    /** Whether there are Avro records. */
    public boolean hasAvro() {
        return this != JSON;
    }

    /** Whether there are JSON records. */
    public boolean hasJson() {
        return this != AVRO;
    }
}
