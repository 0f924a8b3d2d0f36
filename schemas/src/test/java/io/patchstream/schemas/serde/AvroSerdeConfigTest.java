package io.patchstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.schemas.Frame;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroSerdeConfigTest {
    @Test
    void shouldTakeConfluentsDefaults() {
        AvroSerdeConfig config = AvroSerdeConfig.parse(Map.of("bootstrap.servers", "x:1"), false);

        assertThat(config.autoRegister()).isTrue();
        assertThat(config.useLatest()).isFalse();
        assertThat(config.normalize()).isFalse();
        assertThat(config.specificReader()).isFalse();
        assertThat(config.strategy()).isEqualTo(SubjectNameStrategy.TOPIC);
        assertThat(config.maxSchemasPerSubject()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "TopicNameStrategy, t-value",
        "RecordNameStrategy, test.Tag",
        "TopicRecordNameStrategy, t-test.Tag",
        "io.confluent.kafka.serializers.subject.TopicNameStrategy, t-value",
        "io.confluent.kafka.serializers.subject.RecordNameStrategy, test.Tag",
        "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy, t-test.Tag"
    })
    void shouldNameSubjectsByConfluentsStrategies(String strategy, String subject) {
        AvroSerdeConfig config = AvroSerdeConfig.parse(Map.of("value.subject.name.strategy", strategy), false);

        assertThat(config.strategy().subject("t", false, Records.TAG)).isEqualTo(subject);
    }

    @Test
    void shouldReadTheKeysOwnStrategy() {
        Map<String, String> config = Map.of(
                "key.subject.name.strategy", "RecordNameStrategy", "value.subject.name.strategy", "TopicNameStrategy");

        assertThat(AvroSerdeConfig.parse(config, true).strategy()).isEqualTo(SubjectNameStrategy.RECORD);
        assertThat(AvroSerdeConfig.parse(Map.of(), true).strategy().subject("t", true, Records.TAG))
                .isEqualTo("t-key");
    }

    @Test
    void shouldTakeTheGeneratedClassByName() {
        Map<String, String> config = Map.of("specific.avro.value.type", Frame.class.getName());

        assertThat(AvroSerdeConfig.parse(config, false).type()).contains(Frame.class);
    }

    @ParameterizedTest
    @CsvSource({
        "auto.register.schemas, yes",
        "use.latest.version, 1",
        "normalize.schemas, maybe",
        "specific.avro.reader, Frame",
        "max.schemas.per.subject, 0",
        "value.subject.name.strategy, com.acme.MyStrategy",
        "specific.avro.value.type, java.lang.String",
        "specific.avro.value.type, no.such.Class"
    })
    void shouldSayWhichSettingIsWrong(String key, String value) {
        assertThatThrownBy(() -> AvroSerdeConfig.parse(Map.of(key, value), false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(value);
    }
}
