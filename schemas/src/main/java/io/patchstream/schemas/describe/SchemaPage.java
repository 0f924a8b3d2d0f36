package io.patchstream.schemas.describe;

import io.patchstream.schemas.TopicSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.Schema;

/** Topics and the records on them as Markdown. Used once, by one thread. */
public final class SchemaPage {
    private final StringBuilder page = new StringBuilder();

    private SchemaPage() {}

    /** The page of these topics, in their order; a record that lies on several is told once. */
    public static String markdown(List<TopicSpec> topics) {
        SchemaPage page = new SchemaPage();
        page.topics(topics);
        page.records(topics);
        return page.page.toString();
    }

    private void topics(List<TopicSpec> topics) {
        page.append("""
            # Topics and records

            Generated from the schemas and the table of topics; do not edit. To write it again:

            ```
            ./patchstream topics describe > docs/schemas.md
            ./patchstream topics describe --asyncapi > docs/asyncapi.yaml
            ```

            With your settings (`--config`, `--set`) both have your topics' names. For tools: [asyncapi.yaml](asyncapi.yaml), AsyncAPI 3.0.

            | topic | key | value | clean-up | compression | largest record | what |
            |---|---|---|---|---|---|---|
            """);
        for (TopicSpec topic : topics) {
            row(
                    "`" + topic.name() + "`",
                    topic.key().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    topic.value()
                            .map(value -> "[" + value.getName() + "](#"
                                    + value.getName().toLowerCase(Locale.ROOT) + ")")
                            .orElse("bytes"),
                    topic.cleanUp().policy(),
                    topic.compression().type(),
                    topic.maxMessageBytes() + " B",
                    topic.doc());
        }
        page.append("""

            Values with a schema are in Confluent's wire format: a zero byte, the schema's id as four bytes big-endian, Avro binary. The subject is `TOPIC-value`.
            Keys are UTF-8, but for those that stay as they came.
            """);
    }

    private void records(List<TopicSpec> topics) {
        Set<String> told = new LinkedHashSet<>();
        for (TopicSpec topic : topics) {
            topic.value().filter(value -> told.add(value.getFullName())).ifPresent(value -> {
                page.append("\n## ").append(value.getName()).append('\n');
                Deque<Schema> within = new ArrayDeque<>();
                fields(value, within);
                while (!within.isEmpty()) {
                    Schema inner = within.removeFirst();
                    if (told.add(inner.getFullName())) {
                        page.append("\n### ").append(inner.getName()).append('\n');
                        fields(inner, within);
                    }
                }
            });
        }
    }

    private void fields(Schema record, Deque<Schema> within) {
        page.append('\n').append(record.getDoc()).append("\n\n| field | type | default | what |\n|---|---|---|---|\n");
        for (Schema.Field field : record.getFields()) {
            TypeText type = new TypeText(field.schema());
            row(
                    "`" + field.name() + "`",
                    type.toString(),
                    field.hasDefaultValue() ? "`" + Defaults.json(field) + "`" : "",
                    type.enumDoc()
                            .map(doc -> doc.startsWith(field.doc()) ? doc : field.doc() + " " + doc)
                            .orElse(field.doc()));
            within.addAll(type.records());
        }
    }

    private void row(String... cells) {
        for (String cell : cells) {
            page.append("| ").append(cell.replace("|", "\\|")).append(' ');
        }
        page.append("|\n");
    }
}
