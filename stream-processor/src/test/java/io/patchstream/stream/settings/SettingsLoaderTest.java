package io.patchstream.stream.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.patchstream.stream.settings.InputSettings.Format;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {
    private static List<String> problems(SettingsLoader loader) {
        return catchThrowableOfType(SettingsException.class, loader::load).problems();
    }

    @Test
    void shouldHaveDefaultsThatAreAllRight() {
        Settings settings = Settings.of(Map.of());
        assertThat(settings.input().topics()).containsExactly("patchstream.frames");
        assertThat(settings.input().format()).isEqualTo(Format.AVRO);
        assertThat(settings.input().maxBytes()).isEqualTo(8 << 20);
        assertThat(settings.stream().commitInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.stream().stateDir()).isAbsolute();
        assertThat(settings.claims().folders()).isEmpty();
        assertThat(settings.kafka()).containsExactly(Map.entry("bootstrap.servers", "localhost:9092"));
        assertThat(settings.serde().config())
                .containsExactly(Map.entry("schema.registry.url", "http://localhost:8081"));
    }

    @Test
    void shouldLetTheLaterLayerWin(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("patchstream.properties");
        Files.writeString(file, "threads=3\ninput.topics=a, b\noutput.labels=from-file\ncommit.interval=2s\n");
        SettingsInForce inForce = new SettingsLoader()
                .file(file)
                .environment(Map.of(
                        "PATCHSTREAM_OUTPUT_LABELS", "from-environment",
                        "PATCHSTREAM_OUTPUT_DEAD_LETTERS", "dead",
                        "PATCHSTREAM_COMMIT_INTERVAL", "3s",
                        "KAFKA_BOOTSTRAP_SERVERS", "broker:1",
                        "PATCHSTREAM_SCHEMA_REGISTRY_URL", "http://registry:1",
                        "PATH", "/bin"))
                .set(Map.of("commit.interval", "PT4S"))
                .load();
        Settings settings = inForce.settings();
        assertThat(settings.stream().threads()).isEqualTo(3);
        assertThat(settings.input().topics()).containsExactly("a", "b");
        assertThat(settings.output().labels()).isEqualTo("from-environment");
        assertThat(settings.output().deadLetters()).isEqualTo("dead");
        assertThat(settings.stream().commitInterval()).isEqualTo(Duration.ofSeconds(4));
        assertThat(settings.kafka()).containsEntry("bootstrap.servers", "broker:1");
        assertThat(settings.serde().config()).containsEntry("schema.registry.url", "http://registry:1");
        assertThat(inForce.toProperties())
                .contains("threads=3  # " + file)
                .contains("output.labels=from-environment  # PATCHSTREAM_OUTPUT_LABELS")
                .contains("commit.interval=PT4S  # --set")
                .contains("restarts=5  # default");
    }

    @Test
    void shouldPassKafkasAndTheSerdesKeysOn() {
        Settings settings = Settings.of(Map.of(
                "kafka.security.protocol", "SASL_SSL",
                "kafka.producer.compression.type", "zstd",
                "kafka.my.plugin.key", "untouched",
                "basic.auth.user.info", "a:b",
                "serde.rule.executors", "x"));
        assertThat(settings.kafka())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("producer.compression.type", "zstd")
                .containsEntry("my.plugin.key", "untouched");
        assertThat(settings.serde().config())
                .containsEntry("basic.auth.user.info", "a:b")
                .containsEntry("rule.executors", "x");
    }

    @Test
    void shouldReportAllProblemsTogetherEachWithAWayOut() {
        assertThat(problems(new SettingsLoader()
                        .environment(Map.of("PATCHSTREAM_INPUT_TOPIC", "x", "PATCHSTREAM_PORT", "tcp://10.0.0.1"))
                        .set(Map.of(
                                "output.lables", "x",
                                "threads", "many",
                                "commit.interval", "soon",
                                "input.format", "video",
                                "topics.partitions", "0",
                                "claims.folders", "relative",
                                "kafka.bootsrap.servers", "b:1"))))
                .hasSize(8)
                .anyMatch(
                        problem -> problem.equals(
                                "PATCHSTREAM_INPUT_TOPIC in the environment is no setting; did you mean PATCHSTREAM_INPUT_TOPICS?"))
                .anyMatch(problem -> problem.equals("output.lables (--set) is no setting; did you mean output.labels?"))
                .anyMatch(problem -> problem.equals("threads is 'many' (--set); it must be a whole number"))
                .anyMatch(problem -> problem.startsWith("commit.interval is 'soon' (--set); it must be a duration"))
                .anyMatch(problem -> problem.equals("input.format is 'video' (--set); it must be one of avro, image"))
                .anyMatch(problem -> problem.equals("topics.partitions is 0; it must be at least 1"))
                .anyMatch(problem -> problem.startsWith("claims.folders is relative; it must be an absolute path"))
                .anyMatch(problem -> problem.contains("did you mean kafka.bootstrap.servers?"));
    }

    @Test
    void shouldSetAsideVariablesThatKubernetesPutsThere() {
        SettingsInForce inForce = new SettingsLoader()
                .environment(Map.of("PATCHSTREAM_SERVICE_HOST", "10.0.0.1", "PATCHSTREAM_JAVA_OPTS", "-Xmx1g"))
                .load();
        assertThat(inForce.ignored()).containsExactly("PATCHSTREAM_SERVICE_HOST");
    }

    @Test
    void shouldRefuseATopicThatIsBothReadAndWritten() {
        assertThatThrownBy(() -> Settings.of(Map.of("output.dead-letters", "patchstream.frames")))
                .isInstanceOf(SettingsException.class)
                .hasMessage("output.dead-letters is patchstream.frames; it must be a topic that is not read");
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        assertThat(problems(new SettingsLoader().file(Path.of("no-such-file"))))
                .containsExactly("--config no-such-file: there is no such file");
    }

    @Test
    void shouldMaskSecrets() {
        String text = new SettingsLoader()
                .set(Map.of(
                        "kafka.sasl.jaas.config", "user=me password=hidden",
                        "kafka.ssl.key.password", "hidden",
                        "basic.auth.user.info", "me:hidden",
                        "bearer.auth.token", "hidden"))
                .load()
                .toProperties();
        assertThat(text).doesNotContain("hidden").contains("kafka.sasl.jaas.config=********");
    }

    @Test
    void shouldReadSizesAndDurationsAsPeopleWriteThem() {
        assertThat(Settings.of(Map.of("claims.max.bytes", "512KiB")).claims().maxBytes())
                .isEqualTo(512 << 10);
        assertThat(Settings.of(Map.of("claims.max.bytes", "7")).claims().maxBytes())
                .isEqualTo(7);
        assertThat(Settings.of(Map.of("claims.timeout", "1m")).claims().timeout())
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(problems(new SettingsLoader().set(Map.of("claims.max.bytes", "99999999999999999999"))))
                .hasSize(1);
        assertThat(problems(new SettingsLoader().set(Map.of("threads", "99999999999"))))
                .hasSize(1);
    }

    @Test
    void shouldNotTakeAModelAndAFolderOfModels() {
        assertThatThrownBy(() -> Settings.of(Map.of("model", "a.onnx", "model.folder", "models")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("model.folder")
                .hasMessageContaining("a.onnx");
    }

    @Test
    void shouldMaskThePasswordInsideAnAddress() {
        SettingsInForce inForce = new SettingsLoader()
                .set(Map.of(
                        "schema.registry.url",
                        "http://me:hidden@one:8081,https://you:hidden,/@hidden@two:8081",
                        "kafka.sasl.oauthbearer.jwks.endpoint.url",
                        "https://me:hidden@idp/keys"))
                .load();
        assertThat(inForce.toProperties())
                .doesNotContain("hidden")
                .contains("schema.registry.url=http://********@one:8081,https://********@two:8081  # --set")
                .contains("jwks.endpoint.url=https://********@idp/keys");
        assertThat(inForce.toString()).doesNotContain("hidden");
        assertThat(inForce.settings().toString()).doesNotContain("hidden");
        assertThat(inForce.settings().serde().config().get("schema.registry.url"))
                .startsWith("http://me:hidden@");
    }

    @Test
    void shouldNotTellTheCredentialsOfAnAddressThatIsWrong() {
        assertThat(problems(new SettingsLoader().set(Map.of("claims.hosts", "http://me:hidden@files"))))
                .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .doesNotContain("hidden")
                .contains("claims.hosts is http://********@files");
    }

    @Test
    void shouldReadWhatStandsElsewhereAndShowOnlyWhere(@TempDir Path folder) throws Exception {
        Path properties = folder.resolve("kafka.properties");
        Files.writeString(properties, "user=me\npassword=hidden-1\n");
        Files.writeString(folder.resolve("token"), "hidden-2\n");
        SettingsInForce inForce = new SettingsLoader()
                .environment(Map.of("LOGIN", "me:hidden-3", "THREADS", "3"))
                .set(Map.of(
                        "kafka.sasl.jaas.config",
                        "L required username=\"${file:" + properties + ":user}\" password=\"${file:" + properties
                                + ":password}\";",
                        "bearer.auth.token",
                        "${directory:" + folder + ":token}",
                        "basic.auth.user.info",
                        "${env:LOGIN}",
                        "threads",
                        "${env:THREADS}"))
                .load();
        Settings settings = inForce.settings();
        assertThat(settings.kafka())
                .containsEntry("sasl.jaas.config", "L required username=\"me\" password=\"hidden-1\";");
        assertThat(settings.serde().config())
                .containsEntry("bearer.auth.token", "hidden-2")
                .containsEntry("basic.auth.user.info", "me:hidden-3");
        assertThat(settings.stream().threads()).isEqualTo(3);
        assertThat(settings.stream().stateDir()).isAbsolute();
        assertThat(inForce.toProperties())
                .doesNotContain("hidden")
                .contains("basic.auth.user.info=${env:LOGIN}  # --set")
                .contains("threads=${env:THREADS}");
        assertThat(settings.toString()).doesNotContain("hidden");
    }

    @Test
    void shouldTellWhichReferenceNamesNothing(@TempDir Path folder) throws Exception {
        Path properties = folder.resolve("kafka.properties");
        Files.writeString(properties, "password=hidden-1\n");
        assertThat(problems(new SettingsLoader()
                        .environment(Map.of("MANY", "hidden-2"))
                        .set(Map.of(
                                "kafka.ssl.key.password",
                                "${file:" + properties + ":pasword}",
                                "basic.auth.user.info",
                                "${env:LOGIN}",
                                "bearer.auth.token",
                                "${file:/no/such/file:token}",
                                "threads",
                                "${env:MANY}",
                                "input.topics",
                                "a b ${env:MANY}"))))
                .hasSize(5)
                .noneMatch(problem -> problem.contains("hidden"))
                .anyMatch(problem -> problem.contains("${file:" + properties + ":pasword} names nothing"))
                .anyMatch(problem -> problem.contains("${env:LOGIN} names nothing"))
                .anyMatch(problem -> problem.contains("${file:/no/such/file:token} cannot"))
                .anyMatch(problem -> problem.startsWith("threads is '${env:MANY}' (--set); it must be a whole number"))
                .anyMatch(problem -> problem.startsWith("input.topics is 'a b ${env:MANY}'"));
    }

    @Test
    void shouldLeaveToKafkasClientsWhatTheyAreToResolve() {
        Settings settings = new SettingsLoader()
                .environment(Map.of("LOGIN", "ours"))
                .set(Map.of(
                        "kafka.config.providers", "env",
                        "kafka.config.providers.env.class",
                                "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
                        "kafka.ssl.key.password", "${env:LOGIN}",
                        "basic.auth.user.info", "${env:LOGIN}"))
                .load()
                .settings();
        assertThat(settings.kafka()).containsEntry("ssl.key.password", "${env:LOGIN}");
        assertThat(settings.serde().config()).containsEntry("basic.auth.user.info", "ours");
    }

    @Test
    void shouldTakeAModelsHashOnlyWhereOneModelIsServed() {
        assertThatThrownBy(() -> Settings.of(Map.of("model.sha256", "abc")))
                .hasMessageContaining("model.sha256 is 'abc'; it must be 64 hexadecimal digits");
        assertThatThrownBy(() -> Settings.of(Map.of("model.sha256", "ab".repeat(32), "model.folder", "models")))
                .hasMessageContaining("empty when model.folder is set");
    }

    @Test
    void shouldHoldTheTimeOfAStandstillAgainstTheEnginesDeadline() {
        assertThatThrownBy(() -> Settings.of(Map.of("http.port", "8080", "http.stuck.after", "15s")))
                .hasMessageContaining("http.stuck.after is 15s; it must be longer than engine.deadline, which is 20s");
        assertThatThrownBy(() -> Settings.of(Map.of("http.stuck.after", "9s")))
                .hasMessageContaining("http.stuck.after is 9s; it must be at least 10s");
        assertThat(Settings.of(Map.of("http.stuck.after", "15s")).http().port())
                .as("nobody asks")
                .isZero();
    }

    @Test
    void shouldRefuseAModelTopicBesideAnotherSourceAndPlacesThatAreNone() {
        assertThatThrownBy(
                        () -> Settings.of(Map.of("model.topic", "patchstream.models", "model.folder", "/srv/models")))
                .hasMessageContaining(
                        "model.topic is patchstream.models; it must be empty when model, model.folder or");
        assertThatThrownBy(() -> Settings.of(Map.of("model.topic.from", "/srv/models,relative/folder")))
                .hasMessageContaining("model.topic.from is relative/folder");
        assertThatThrownBy(() -> Settings.of(Map.of("model.slot", "../up")))
                .hasMessageContaining("model.slot is '../up'");
        assertThat(Settings.of(Map.of("model.topic.from", "/srv/models,models.example.org:8443"))
                        .model()
                        .topicFrom())
                .containsExactly("/srv/models", "models.example.org:8443");
    }
}
