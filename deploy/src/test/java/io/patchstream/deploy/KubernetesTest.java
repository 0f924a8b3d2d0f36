package io.patchstream.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.stream.Main;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsInForce;
import io.patchstream.stream.settings.SettingsLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code k8s} against what it configures; no cluster is asked. */
class KubernetesTest {
    private static final Path K8S = Repository.ROOT.resolve("k8s");
    private static final List<String> OVERLAYS =
            List.of("base", "overlays/gpu", "overlays/keda", "overlays/strimzi", "overlays/observability", "trainer");

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(K8S)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static JsonNode first(String file) {
        return Repository.yaml(K8S.resolve(file)).get(0);
    }

    private static JsonNode container(JsonNode workload) {
        return workload.at("/spec/template/spec/containers/0");
    }

    private static Settings settings() throws IOException {
        Map<String, String> environment = new TreeMap<>();
        for (String line : Files.readAllLines(K8S.resolve("base/settings.env"))) {
            if (!line.startsWith("#") && !line.isBlank()) {
                String[] pair = line.split("=", 2);
                environment.put(pair[0], pair[1]);
            }
        }
        container(first("base/statefulset.yaml"))
                .path("env")
                .forEach(entry -> environment.put(entry.path("name").asText(), "processor-0"));
        SettingsInForce inForce = new SettingsLoader().environment(environment).load();
        assertThat(inForce.ignored()).isEmpty();
        return inForce.settings();
    }

    /** What a verb prints. */
    private static String printed(String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine commandLine = Main.commandLine().setOut(new PrintWriter(out));
        assertThat(commandLine.execute(arguments)).isZero();
        return out.toString();
    }

    @Test
    void shouldUseOnlyFieldsThatTheirKindsHave() throws IOException {
        List<Path> files = files();
        assertThat(files).hasSizeGreaterThan(12);
        for (Path file : files) {
            for (JsonNode manifest : Repository.yaml(file)) {
                Manifests.check(manifest);
            }
        }
    }

    @Test
    void shouldSeeAFieldThatItsKindDoesNotHave() {
        ObjectNode probe = first("base/statefulset.yaml").deepCopy();
        ((ObjectNode) container(probe)).set("readynessProbe", container(probe).path("readinessProbe"));
        assertThatThrownBy(() -> Manifests.check(probe))
                .isInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining("readynessProbe");
        ObjectNode type = first("base/statefulset.yaml").deepCopy();
        ((ObjectNode) type.path("spec")).put("replicas", "two");
        assertThatThrownBy(() -> Manifests.check(type)).isInstanceOf(InvalidFormatException.class);
        ObjectNode topic = first("overlays/strimzi/topics.yaml").deepCopy();
        ((ObjectNode) topic.path("spec")).put("partitons", 3);
        assertThatThrownBy(() -> Manifests.check(topic))
                .isInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining("partitons");
        ObjectNode scaled = first("overlays/keda/scaledobject.yaml").deepCopy();
        ((ObjectNode) scaled.path("spec")).put("minReplicas", 1);
        assertThatThrownBy(() -> Manifests.check(scaled)).isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldRenderEachOverlay() throws Exception {
        Assumptions.assumeTrue(
                isThere("kubectl"), "NOT CHECKED: kubectl is not installed, so no overlay of k8s is rendered");
        for (String overlay : OVERLAYS) {
            Process process = new ProcessBuilder(
                            "kubectl", "kustomize", K8S.resolve(overlay).toString())
                    .redirectErrorStream(true)
                    .start();
            String rendered = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(rendered).isZero();
            List<JsonNode> manifests = Repository.yaml(new StringReader(rendered));
            assertThat(manifests).as(overlay).hasSizeGreaterThan(3);
            for (JsonNode manifest : manifests) {
                Manifests.check(manifest);
            }
            for (JsonNode manifest : manifests) {
                shouldBeWhole(overlay, manifest, manifests);
            }
        }
    }

    /** What a rendered workload points to is rendered too. */
    private static void shouldBeWhole(String overlay, JsonNode manifest, List<JsonNode> all) {
        if (!manifest.path("kind").asText().equals("StatefulSet")) {
            return;
        }
        Set<String> configMaps = new TreeSet<>();
        all.stream()
                .filter(other -> other.path("kind").asText().equals("ConfigMap"))
                .forEach(other -> configMaps.add(other.at("/metadata/name").asText()));
        assertThat(configMaps)
                .contains(container(manifest).at("/envFrom/0/configMapRef/name").asText());
        assertThat(container(manifest).path("image").asText())
                .isEqualTo("patchstream/processor" + (overlay.equals("overlays/gpu") ? "-gpu" : "") + ":0.1.0");
        assertThat(manifest.path("spec").has("replicas")).isEqualTo(!overlay.equals("overlays/keda"));
        Set<String> namespaces = new TreeSet<>();
        all.forEach(other -> namespaces.add(other.at("/metadata/namespace").asText("")));
        namespaces.remove("");
        assertThat(namespaces).containsExactly(overlay.equals("overlays/strimzi") ? "kafka" : "patchstream");
    }

    private static boolean isThere(String command) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    @Test
    void shouldRunProcessorsThatStopInTimeAndKeepTheirNames() throws IOException {
        Settings settings = settings();
        JsonNode set = first("base/statefulset.yaml");
        assertThat(set.at("/spec/template/spec/terminationGracePeriodSeconds").asLong())
                .isGreaterThan(settings.stream().stopTimeout().toSeconds() + 2);
        assertThat(settings.stream().instanceId()).isEqualTo("processor-0");
        assertThat(container(set).at("/env/0/valueFrom/fieldRef/fieldPath").asText())
                .isEqualTo("metadata.name");
        assertThat(container(set).at("/ports/0/containerPort").asInt())
                .isEqualTo(settings.http().port());
        assertThat(set.at("/spec/serviceName").asText())
                .isEqualTo(first("base/service.yaml").at("/metadata/name").asText());
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(container(set).path(probe).at("/httpGet/path").asText()).isIn("/livez", "/readyz");
            assertThat(container(set).path(probe).at("/httpGet/port").asText()).isEqualTo("http");
        }
        List<String> args = Compose.texts(container(set).path("args"));
        assertThat(Main.commandLine().parseArgs(args.toArray(String[]::new)).hasSubcommand())
                .isTrue();
        JsonNode selector = set.at("/spec/selector/matchLabels");
        assertThat(set.at("/spec/template/metadata/labels")).isEqualTo(selector);
        for (String file : List.of("poddisruptionbudget", "networkpolicy")) {
            JsonNode spec = first("base/" + file + ".yaml").path("spec");
            assertThat(spec.has("selector") ? spec.at("/selector/matchLabels") : spec.at("/podSelector/matchLabels"))
                    .as(file)
                    .isEqualTo(selector);
        }
    }

    @Test
    void shouldRunNothingAsRootOrOnAWritableRoot() {
        for (String file : List.of("base/statefulset.yaml", "trainer/job.yaml")) {
            JsonNode workload = first(file);
            assertThat(workload.at("/spec/template/spec/securityContext/runAsNonRoot")
                            .asBoolean())
                    .isTrue();
            JsonNode security = container(workload).path("securityContext");
            assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        }
    }

    @Test
    void shouldAllowAUserWhatTheProcessorNeedsAndNothingElse() throws IOException {
        JsonNode user = first("overlays/strimzi/user.yaml");
        Settings settings = settings();
        List<String> allowed = new ArrayList<>();
        user.at("/spec/authorization/acls")
                .forEach(acl -> acl.path("operations").forEach(operation -> {
                    String type = acl.at("/resource/type").asText();
                    allowed.add("--operation " + operation.asText() + " --"
                            + (type.equals("transactionalId") ? "transactional-id" : type) + " "
                            + acl.at("/resource/name").asText()
                            + (acl.at("/resource/patternType").asText().equals("prefix")
                                    ? " --resource-pattern-type prefixed"
                                    : ""));
                }));
        List<String> needed = printed(
                        "acls", "--application-id", settings.stream().applicationId())
                .lines()
                .map(line -> line.substring(line.indexOf("--operation")))
                .toList();
        assertThat(needed).hasSize(7);
        assertThat(allowed).containsExactlyInAnyOrderElementsOf(needed);
    }

    @Test
    void shouldMakeTheTopicsThatTheProcessorWouldMake() {
        List<String> ours = new ArrayList<>();
        for (JsonNode topic : Repository.yaml(K8S.resolve("overlays/strimzi/topics.yaml"))) {
            StringBuilder command =
                    new StringBuilder("--topic " + topic.at("/metadata/name").asText() + " --partitions "
                            + topic.at("/spec/partitions").asText());
            new TreeMap<>(new ObjectMapper().convertValue(topic.at("/spec/config"), Map.class))
                    .forEach((key, value) ->
                            command.append(" --config ").append(key).append('=').append(value));
            ours.add(command.toString());
        }
        List<String> needed = printed("topics", "create", "--dry-run")
                .lines()
                .filter(line -> line.contains("--topic "))
                .map(line -> line.substring(line.indexOf("--topic ")))
                .toList();
        assertThat(ours).containsExactlyInAnyOrderElementsOf(needed);
    }

    @Test
    void shouldScaleOnTheLagOfTheGroupThatReads() throws IOException {
        Settings settings = settings();
        JsonNode spec = first("overlays/keda/scaledobject.yaml").path("spec");
        JsonNode trigger = spec.at("/triggers/0/metadata");
        assertThat(trigger.path("consumerGroup").asText())
                .isEqualTo(settings.stream().applicationId());
        assertThat(trigger.path("topic").asText())
                .isEqualTo(settings.input().topics().get(0));
        assertThat(trigger.path("bootstrapServers").asText())
                .isEqualTo(settings.kafka().get("bootstrap.servers"));
        trigger.fields()
                .forEachRemaining(entry -> assertThat(entry.getValue().isTextual())
                        .as(entry.getKey() + " is text, as KEDA wants it")
                        .isTrue());
        assertThat(spec.path("maxReplicaCount").asInt())
                .isEqualTo(first("overlays/strimzi/topics.yaml")
                        .at("/spec/partitions")
                        .asInt());
        assertThat(spec.at("/scaleTargetRef/name"))
                .isEqualTo(first("base/statefulset.yaml").at("/metadata/name"));
    }

    @Test
    void shouldWatchWithTheSameAlertsAsCompose() {
        assertThat(first("overlays/observability/prometheusrule.yaml").at("/spec/groups"))
                .isEqualTo(Repository.yaml(Repository.ROOT.resolve("deploy/observability/prometheus/alerts.yml"))
                        .get(0)
                        .path("groups"));
    }

    @Test
    void shouldMountTheSecretsThatSettingsReferTo() {
        JsonNode patch = first("overlays/strimzi/secrets.yaml");
        Set<String> mounted = new TreeSet<>();
        container(patch)
                .path("volumeMounts")
                .forEach(mount -> mounted.add(mount.path("mountPath").asText()));
        String literals = first("overlays/strimzi/kustomization.yaml")
                .at("/configMapGenerator/0/literals")
                .toString();
        assertThat(literals)
                .contains("${directory:/run/secrets/user:sasl.jaas.config}", "/run/secrets/cluster-ca/ca.crt");
        assertThat(mounted).containsExactly("/run/secrets/cluster-ca", "/run/secrets/user");
        assertThat(patch.at("/spec/template/spec/volumes/0/secret/secretName"))
                .isEqualTo(first("overlays/strimzi/user.yaml").at("/metadata/name"));
    }

    @Test
    void shouldGiveEachWorkerItsRank() {
        List<JsonNode> manifests = Repository.yaml(K8S.resolve("trainer/workers.yaml"));
        JsonNode service = manifests.get(0);
        JsonNode job = manifests.get(1);
        Map<String, JsonNode> environment = new TreeMap<>();
        container(job)
                .path("env")
                .forEach(entry -> environment.put(entry.path("name").asText(), entry));
        assertThat(environment).containsOnlyKeys("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT");
        assertThat(environment.get("RANK").at("/valueFrom/fieldRef/fieldPath").asText())
                .isEqualTo("metadata.annotations['batch.kubernetes.io/job-completion-index']");
        String world = environment.get("WORLD_SIZE").path("value").asText();
        assertThat(job.at("/spec/completions").asText()).isEqualTo(world);
        assertThat(job.at("/spec/parallelism").asText()).isEqualTo(world);
        assertThat(job.at("/spec/completionMode").asText()).isEqualTo("Indexed");
        assertThat(environment.get("MASTER_ADDR").path("value").asText())
                .isEqualTo(job.at("/metadata/name").asText() + "-0."
                        + service.at("/metadata/name").asText());
        assertThat(job.at("/spec/template/spec/subdomain")).isEqualTo(service.at("/metadata/name"));
    }
}
