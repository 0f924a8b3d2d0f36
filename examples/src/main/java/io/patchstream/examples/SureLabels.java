package io.patchstream.examples;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.serde.AvroSerde;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** An application of a user's own: the labels that the model is sure of, as text, by camera. */
public final class SureLabels {
    private SureLabels() {}

    static Topology topology(Serde<Classification> labels, String to) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Topics.standard().labels().name(), Consumed.with(Serdes.String(), labels))
                .mapValues(answer -> answer.getTopK().get(0))
                .filter((camera, best) -> best.getProbability() >= 0.9)
                .mapValues(LabelScore::getLabel)
                .to(to, Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    /** The application, not yet started; the caller closes it. */
    static KafkaStreams application(Map<String, ?> config, String to) {
        Properties properties = new Properties();
        // Answers travel in transactions: who reads uncommitted records sees some that were taken back.
        properties.put("processing.guarantee", "exactly_once_v2");
        properties.putAll(config);
        return new KafkaStreams(topology(AvroSerde.forValues(Classification.class, config), to), properties);
    }

    /** {@code SureLabels client.properties topic}: Kafka Streams' and the registry's settings, and where to write. */
    public static void main(String[] args) throws IOException {
        Properties file = new Properties();
        try (var reader = Files.newBufferedReader(Path.of(args[0]))) {
            file.load(reader);
        }
        Map<String, Object> config = new HashMap<>();
        file.forEach((key, value) -> config.put(key.toString(), value));
        KafkaStreams application = application(config, args[1]);
        Runtime.getRuntime().addShutdownHook(new Thread(application::close));
        application.start();
    }
}
