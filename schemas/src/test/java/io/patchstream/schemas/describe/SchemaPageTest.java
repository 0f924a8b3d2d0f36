package io.patchstream.schemas.describe;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemaPageTest {
    private final String page = SchemaPage.markdown(Topics.standard().all());

    @Test
    void shouldTellOfEveryTopicAndField() {
        for (TopicSpec topic : Topics.standard().all()) {
            assertThat(page).contains("| `" + topic.name() + "` |");
            topic.value()
                    .ifPresent(value -> fields(value)
                            .forEach(field -> assertThat(page)
                                    .contains("| `" + field.name() + "` |")
                                    .contains(field.doc())));
        }
    }

    private static List<Schema.Field> fields(Schema record) {
        return record.getFields();
    }

    @Test
    void shouldSayWhatAFieldIs() {
        assertThat(page)
                .contains("| `reused_from` | string or null | `null` |")
                .contains("| `top_k` | array of LabelScore |  |")
                .contains("| `payload` | bytes or PayloadReference |  |")
                .contains("| `dropped` | map of string to long | `{}` |")
                .contains("| `captured_at` | timestamp-micros (long) |")
                .contains("| `origin` | Origin: UNKNOWN, INFERRED, REUSED |");
    }

    @Test
    void shouldTellOfARecordOnce() {
        assertThat(page.lines().filter(line -> line.startsWith("#"))).doesNotHaveDuplicates();
        assertThat(page).contains("### LabelScore", "### PayloadReference");
    }
}
