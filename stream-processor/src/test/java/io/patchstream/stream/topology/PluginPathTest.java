package io.patchstream.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.local.registry.SchemaRegistryServer;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.plugins.PluginPath;
import io.patchstream.stream.plugins.StandInJar;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Confluent's class names, on stand-ins that a plug-in path alone holds. */
class PluginPathTest {
    private static final String SERIALIZER = "io.confluent.kafka.serializers.KafkaAvroSerializer";
    private static final String DESERIALIZER = "io.confluent.kafka.serializers.KafkaAvroDeserializer";

    @TempDir
    private static Path folder;

    @TempDir
    private Path own;

    private static Path plugins;

    @BeforeAll
    static void compileTheStandIn() throws IOException {
        plugins = StandInJar.under(folder);
    }

    private Settings settings(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(Map.of(
                "plugin.path",
                plugins.toString(),
                "serde.serializer",
                SERIALIZER,
                "serde.deserializer",
                DESERIALIZER,
                "serde.record.to",
                own.resolve("configured").toString()));
        values.putAll(more);
        return Settings.of(values);
    }

    private static Frame frame() {
        return Frame.newBuilder()
                .setFrameId("f-1")
                .setCameraId("door")
                .setSequence(7)
                .setCapturedAt(Instant.parse("2026-11-23T04:00:00.123456Z"))
                .setEncoding(Encoding.JPEG)
                .setPayload(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .build();
    }

    @Test
    void shouldWriteAndReadByClassesOfThePathThatAreConfiguredAsTheSettingsSay() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (SchemaRegistryServer registry = SchemaRegistryServer.start(
                new InetSocketAddress("127.0.0.1", 0), Optional.empty(), Optional.empty(), Optional.empty())) {
            Settings settings = settings(Map.of(
                    "schema.registry.url", registry.url(),
                    "auto.register.schemas", "true",
                    "basic.auth.credentials.source", "USER_INFO",
                    "value.subject.name.strategy", "io.confluent.kafka.serializers.subject.TopicNameStrategy"));
            byte[] written;
            try (Serializer<Object> serializer = Serdes.serializer(settings.serde());
                    Serdes serdes = Serdes.of(settings.serde());
                    Deserializer<?> deserializer = serdes.deserializer()) {
                written = serializer.serialize("frames", frame());
                // One Frame on both sides, or this is another class of the same name.
                assertThat(deserializer.deserialize("frames", written)).isEqualTo(frame());
            }
            try (AvroSerializer<Frame> ours = new AvroSerializer<>()) {
                ours.configure(Map.of("schema.registry.url", registry.url()), false);
                assertThat(written).isEqualTo(ours.serialize("frames", frame()));
            }
            assertThat(Files.readAllLines(own.resolve("configured")))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains("isKey=false jackson=the-plugins-own ")
                            .contains("schema.registry.url=" + registry.url())
                            .contains("auto.register.schemas=true")
                            .contains("basic.auth.credentials.source=USER_INFO"))
                    .satisfies(lines -> assertThat(lines.get(0)).startsWith("KafkaAvroSerializer "))
                    .satisfies(lines -> assertThat(lines.get(1))
                            .startsWith("KafkaAvroDeserializer ")
                            .contains("specific.avro.reader=true"));
        }
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void shouldKeepThePathsClassesFromTheRest() throws Exception {
        assertThatThrownBy(() -> Class.forName(SERIALIZER)).isInstanceOf(ClassNotFoundException.class);
        try (PluginPath path = PluginPath.open(List.of(plugins));
                PluginPath other = PluginPath.open(List.of(plugins))) {
            assertThat(path.load(SERIALIZER)).isNotSameAs(other.load(SERIALIZER));
            assertThat(path.load(ObjectMapper.class.getName())).isNotSameAs(ObjectMapper.class);
            assertThat(path.load(Frame.class.getName())).isSameAs(Frame.class);
            assertThat(path.load(Serializer.class.getName())).isSameAs(Serializer.class);
        }
        assertThat(ObjectMapper.class.getDeclaredFields())
                .noneMatch(field -> field.getName().equals("MARK"));
    }

    @Test
    void shouldSayWhichClassIsLacking() {
        Settings without = settings(Map.of("plugin.path", "", "schema.registry.url", "http://127.0.0.1:1"));
        assertThatThrownBy(() -> Serdes.serializer(without.serde()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("serde.serializer is " + SERIALIZER)
                .hasMessageContaining("--plugin-path");

        Settings other = settings(Map.of("serde.serializer", "io.confluent.kafka.NoSuchThing"));
        assertThatThrownBy(() -> Serdes.serializer(other.serde()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("neither in the 1 jars of plugin.path nor on the class path");

        Settings noSerializer = settings(Map.of("serde.serializer", DESERIALIZER));
        assertThatThrownBy(() -> Serdes.serializer(noSerializer.serde()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("it must be a org.apache.kafka.common.serialization.Serializer");
    }

    @Test
    void shouldSayWhichFolderHoldsNoJars() throws IOException {
        Path empty = Files.createDirectory(own.resolve("empty"));
        assertThatThrownBy(() -> Serdes.serializer(
                        settings(Map.of("plugin.path", plugins + "," + empty)).serde()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(empty + " holds none");
        assertThatThrownBy(() -> Serdes.serializer(
                        settings(Map.of("plugin.path", "no/such/folder")).serde()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("no/such/folder is no folder");
    }

    @Test
    void shouldSayWhichJarIsMissingBesideTheClass() throws IOException {
        Path half = own.resolve("half");
        Files.createDirectories(half);
        Path jar = half.resolve("half.jar");
        try (var in = new java.util.zip.ZipInputStream(
                        Files.newInputStream(plugins.resolve("confluent/lib/stand-in.jar")));
                var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.getName().endsWith("StandIn.class")) {
                    out.putNextEntry(new java.util.zip.ZipEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
        }
        assertThatThrownBy(() -> Serdes.serializer(
                        settings(Map.of("plugin.path", half.toString())).serde()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("it lacks io/confluent/kafka/serializers/StandIn")
                .hasMessageContaining("put that jar beside it");
    }
}
