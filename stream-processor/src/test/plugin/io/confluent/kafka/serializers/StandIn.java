package io.confluent.kafka.serializers;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.serializers.subject.TopicNameStrategy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigDef;

/** What both stand-ins do: they write down how they were configured, and ask the registry. */
final class StandIn {
    private static final ConfigDef DEFINITION = new ConfigDef()
            .define("schema.registry.url", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "")
            .define(
                    "value.subject.name.strategy",
                    ConfigDef.Type.CLASS,
                    TopicNameStrategy.class.getName(),
                    ConfigDef.Importance.LOW,
                    "");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final String url;
    private final TopicNameStrategy strategy;

    StandIn(Class<?> who, Map<String, ?> configs, boolean isKey) {
        Map<String, Object> parsed = DEFINITION.parse(configs);
        url = (String) parsed.get("schema.registry.url");
        Class<?> named = (Class<?>) parsed.get("value.subject.name.strategy");
        try {
            strategy = (TopicNameStrategy) named.getDeclaredConstructor().newInstance();
            // The Jackson of the folder, whatever Patchstream has.
            String jackson = String.valueOf(ObjectMapper.class.getField("MARK").get(null));
            Files.writeString(
                    Path.of(configs.get("record.to").toString()),
                    who.getSimpleName() + " isKey=" + isKey + " jackson=" + jackson + " " + new TreeMap<>(configs)
                            + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int register(String topic, Schema schema) throws IOException {
        Integer known = ids.get(topic + schema.getFullName());
        if (known != null) {
            return known;
        }
        String text = schema.toString().replace("\\", "\\\\").replace("\"", "\\\"");
        String answer = call(HttpRequest.newBuilder(URI.create(url + "/subjects/" + strategy.subject(topic) + "/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(BodyPublishers.ofString("{\"schema\":\"" + text + "\"}"))
                .build());
        Matcher id = Pattern.compile("\"id\":([0-9]+)").matcher(answer);
        if (!id.find()) {
            throw new IOException(answer);
        }
        ids.put(topic + schema.getFullName(), Integer.valueOf(id.group(1)));
        return Integer.parseInt(id.group(1));
    }

    Schema byId(int id) throws IOException {
        Schema known = schemas.get(id);
        if (known == null) {
            String answer = call(HttpRequest.newBuilder(URI.create(url + "/schemas/ids/" + id + "/schema")).build());
            known = new Schema.Parser().parse(answer);
            schemas.put(id, known);
        }
        return known;
    }

    private String call(HttpRequest request) throws IOException {
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
