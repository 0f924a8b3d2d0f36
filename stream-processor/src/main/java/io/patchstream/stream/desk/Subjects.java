package io.patchstream.stream.desk;

import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.serde.HttpSchemaRegistry;
import io.patchstream.schemas.serde.SchemaRegistryConfig;
import io.patchstream.schemas.serde.SchemaRegistryException;
import io.patchstream.schemas.serde.SubjectNameStrategy;
import io.patchstream.stream.page.PipelineDesk.Subject;
import io.patchstream.stream.settings.InputSettings;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/** The subjects of a pipeline's records, as the registry has them. */
final class Subjects {
    private static final Set<Integer> NOT_THERE = Set.of(404, 40401, 40402);

    private final Settings settings;

    Subjects(Settings settings) {
        this.settings = settings;
    }

    /**
     * Those of the topics that are read and written, in the order of the frame's way.
     *
     * @throws org.apache.kafka.common.KafkaException when the registry does not answer, or refuses
     */
    List<Subject> all() {
        Map<String, Object> config = new HashMap<>(settings.serde().config());
        // Somebody waits for it, and can ask again.
        config.put("max.retries", 0);
        HttpSchemaRegistry registry = new HttpSchemaRegistry(SchemaRegistryConfig.parse(config));
        TopicPlan plan = new TopicPlan(settings);
        List<TopicSpec> topics = new ArrayList<>();
        if (settings.input().format() == InputSettings.Format.AVRO) {
            topics.addAll(plan.inputs());
        }
        topics.addAll(plan.outputs());
        List<Subject> subjects = new ArrayList<>();
        for (TopicSpec topic : topics) {
            topic.value().ifPresent(schema -> subjects.add(subject(topic.name(), schema, registry)));
        }
        return subjects;
    }

    private Subject subject(String topic, Schema schema, HttpSchemaRegistry registry) {
        String subject = SubjectNameStrategy.ofValues(settings.serde().config()).subject(topic, false, schema);
        try {
            List<Integer> versions = registry.versions(subject);
            return new Subject(
                    subject,
                    topic,
                    schema.getFullName(),
                    versions,
                    Optional.of(registry.latest(subject).id()));
        } catch (SchemaRegistryException e) {
            if (!NOT_THERE.contains(e.errorCode())) {
                throw e;
            }
            return new Subject(subject, topic, schema.getFullName(), List.of(), Optional.empty());
        }
    }
}
