package io.patchstream.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroSerde;
import io.patchstream.schemas.serde.InMemorySchemaRegistry;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;

/** How a user tests such an application: no broker, no registry. */
class SureLabelsTest {
    @Test
    void shouldPassOnWhatTheModelIsSureOf() {
        try (Serde<Classification> labels = AvroSerde.forValues(Classification.class, new InMemorySchemaRegistry());
                TopologyTestDriver driver = new TopologyTestDriver(SureLabels.topology(labels, "sure"))) {
            TestInputTopic<String, Classification> answers =
                    driver.createInputTopic("patchstream.labels", new StringSerializer(), labels.serializer());

            answers.pipeInput("door", Answers.of("door", "cat", 0.95f));
            answers.pipeInput("door", Answers.of("door", "dog", 0.6f));
            answers.pipeInput("yard", Answers.of("yard", "bird", 0.99f));

            assertThat(driver.createOutputTopic("sure", new StringDeserializer(), new StringDeserializer())
                            .readKeyValuesToList())
                    .containsExactly(KeyValue.pair("door", "cat"), KeyValue.pair("yard", "bird"));
        }
    }
}
