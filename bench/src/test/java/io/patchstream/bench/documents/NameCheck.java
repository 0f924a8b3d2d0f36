package io.patchstream.bench.documents;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.bench.documents.Page.Block;
import io.patchstream.bench.documents.Page.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Links, and names in backticks: files, packages, classes, tests, Maven's profiles and modules. */
final class NameCheck {
    private static final Pattern TYPE = Pattern.compile("\\b[A-Z][A-Z0-9]*[a-z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*\\b");
    private static final Pattern TEST = Pattern.compile("\\b[A-Z][A-Za-z0-9]*(?:Test|IT)\\b");
    private static final Pattern MEMBER = Pattern.compile("\\b([A-Z][A-Za-z0-9]+)\\.([a-z][A-Za-z0-9]+)\\b.*");
    private static final Pattern PROFILE = Pattern.compile("(?<=\\s|^)-P([a-z]+)");
    private static final Pattern MODULE = Pattern.compile("-pl ([a-z-]+)");
    private static final Pattern QUALIFIED = Pattern.compile("io\\.patchstream(\\.[A-Za-z0-9]+)+");

    /** Types and names of others that the pages speak of. */
    private static final Set<String> OF_OTHERS = Set.of(
            "KafkaConfig", // and other parts of Kafka
            "KafkaRaftServer",
            "SharedServer",
            "ControllerServer",
            "BrokerServer",
            "TransactionMarkerChannelManager",
            "TopologyTestDriver",
            "StandardAuthorizer",
            "DescribeConfigs",
            "KafkaAvroSerializer",
            "KafkaAvroDeserializer",
            "KafkaTopic", // Strimzi's, KEDA's and Kubernetes' kinds
            "KafkaUser",
            "ScaledObject",
            "PodMonitor",
            "PrometheusRule",
            "StatefulSet",
            "PointerScope", // JavaCPP's
            "EventSource"); // the browser's

    private final Map<String, Path> types;
    private final Set<String> modules;
    private final Set<String> topFolders;
    private final String pom = Repository.text(Repository.ROOT.resolve("pom.xml"));

    NameCheck() throws IOException {
        types = Repository.types();
        modules = Repository.modules();
        try (Stream<Path> top = Files.list(Repository.ROOT)) {
            topFolders = top.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !name.equals("target"))
                    .collect(Collectors.toSet());
        }
    }

    List<String> problems(Page page) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Span link : page.links()) {
            link(page, link.text()).forEach(problem -> problems.add(page.at(link) + " " + problem));
        }
        page.code().forEach(span -> {
            for (String problem : names(span.text())) {
                problems.add(page.at(span) + " '" + span.text() + "': " + problem);
            }
        });
        for (Block block : page.blocks()) {
            json(block).forEach(problem -> problems.add(page.at(new Span("", block.line())) + " " + problem));
        }
        return problems;
    }

    private List<String> link(Page page, String target) throws IOException {
        if (target.matches("[a-z]+:.*")) {
            return List.of();
        }
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty()
                ? page.file()
                : page.file().resolveSibling(parts[0]).normalize();
        if (!Files.exists(file)) {
            return List.of("links to " + target + ", which is not there");
        }
        return parts.length == 2 && !Page.read(file).anchors().contains(parts[1])
                ? List.of("links to " + target + ", which has no such heading")
                : List.of();
    }

    private List<String> names(String text) {
        List<String> problems = new ArrayList<>();
        all(TYPE, text).stream()
                .filter(name -> !TEST.matcher(name).matches())
                .filter(name -> !types.containsKey(name) && !OF_OTHERS.contains(name) && text.matches("[\\w.,() ]+"))
                .forEach(name -> problems.add("there is no class " + name));
        all(TEST, text).stream()
                .filter(name -> !types.containsKey(name))
                .forEach(name -> problems.add("there is no test " + name));
        Matcher member = MEMBER.matcher(text);
        if (member.matches()
                && types.containsKey(member.group(1))
                && !Repository.text(types.get(member.group(1))).matches("(?s).*\\b" + member.group(2) + "\\b.*")) {
            problems.add(member.group(1) + " has no " + member.group(2));
        }
        all(PROFILE, text).stream()
                .filter(name -> !pom.contains("<id>" + name + "</id>"))
                .forEach(name -> problems.add("there is no profile " + name));
        all(MODULE, text).stream()
                .filter(name -> !modules.contains(name))
                .forEach(name -> problems.add("there is no module " + name));
        all(QUALIFIED, text).stream()
                .filter(name -> !isInSources(name))
                .forEach(name -> problems.add("there is no package or class " + name));
        if (text.matches("[a-z][\\w-]*/[\\w./-]+")
                && topFolders.contains(text.substring(0, text.indexOf('/')))
                && !Files.exists(Repository.ROOT.resolve(text))) {
            problems.add("there is no such file");
        }
        return problems;
    }

    private boolean isInSources(String qualified) {
        String path = qualified.replace('.', '/');
        return modules.stream()
                .map(module -> Repository.ROOT.resolve(module).resolve("src/main/java"))
                .anyMatch(sources ->
                        Files.isDirectory(sources.resolve(path)) || Files.exists(sources.resolve(path + ".java")));
    }

    private static List<String> json(Block block) {
        if (!block.language().equals("json")) {
            return List.of();
        }
        try {
            new ObjectMapper().readTree(String.join("\n", block.lines()));
            return List.of();
        } catch (IOException e) {
            return List.of("is no JSON: " + e.getMessage());
        }
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.groupCount() > 0 && !pattern.equals(QUALIFIED) ? found.group(1) : found.group())
                .distinct()
                .toList();
    }
}
