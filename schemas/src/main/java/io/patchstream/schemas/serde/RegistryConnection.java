package io.patchstream.schemas.serde;

import io.patchstream.schemas.serde.SchemaRegistryConfig.Endpoint;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets one answer out of a list of registries: the one that answered last is asked first, the others after it, and the whole
 * list again after a wait that doubles. An answer is anything but a status that says "later".
 */
final class RegistryConnection {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryConnection.class);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Set<Integer> LATER = Set.of(408, 429, 500, 502, 503, 504);

    private final SchemaRegistryConfig config;
    private final HttpClient client;

    /** Index of the endpoint that answered last; a race between threads costs one more try. */
    private volatile int preferred;

    RegistryConnection(SchemaRegistryConfig config) {
        this.config = config;
        HttpClient.Builder builder = HttpClient.newBuilder()
                // HTTP/2's upgrade headers are lost on the small servers that registries are.
                .version(HttpClient.Version.HTTP_1_1)
                // Redirects are told, not followed: the client would take the credentials along to wherever they point.
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.requestTimeout());
        config.tls().ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    /**
     * Asks until somebody answers.
     *
     * @param path path and query under an endpoint's base
     * @param body JSON, or {@code null} for none
     * @throws SchemaRegistryUnavailableException if nobody did; it names each registry and what became of it
     */
    HttpResponse<byte[]> exchange(String method, String path, String body) {
        Map<URI, String> failures = new LinkedHashMap<>();
        Throwable last = null;
        for (int round = 0; round <= config.maxRetries(); round++) {
            if (round > 0) {
                pause(round);
            }
            int first = preferred;
            for (int i = 0; i < config.endpoints().size(); i++) {
                int index = (first + i) % config.endpoints().size();
                Endpoint endpoint = config.endpoints().get(index);
                try {
                    HttpResponse<byte[]> response = send(request(endpoint, method, path, body));
                    if (!LATER.contains(response.statusCode())) {
                        preferred = index;
                        return response;
                    }
                    failures.put(endpoint.base(), "HTTP " + response.statusCode());
                } catch (ExecutionException e) {
                    last = e.getCause();
                    failures.put(endpoint.base(), String.valueOf(e.getCause()));
                } catch (TimeoutException e) {
                    last = e;
                    failures.put(
                            endpoint.base(),
                            "no answer within " + config.requestTimeout().toMillis() + " ms");
                }
                LOG.atWarn()
                        .addKeyValue("registry", endpoint.base())
                        .addKeyValue("cause", failures.get(endpoint.base()))
                        .log("schema registry does not answer");
            }
        }
        throw new SchemaRegistryUnavailableException(
                "no schema registry answers " + method + " " + path + ", after " + (config.maxRetries() + 1)
                        + " tries: "
                        + failures.entrySet().stream()
                                .map(failure -> failure.getKey() + " (" + failure.getValue() + ")")
                                .collect(Collectors.joining(", "))
                        + "; see " + SchemaRegistryConfig.URL,
                last);
    }

    /** The address of the registry that answered, without path and credentials. */
    static String baseOf(HttpResponse<?> response) {
        URI uri = response.uri();
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    private HttpRequest request(Endpoint endpoint, String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint.base() + path))
                .header("Accept", CONTENT_TYPE + ", application/vnd.schemaregistry+json, application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", CONTENT_TYPE);
        }
        endpoint.authorization().map(Password::value).ifPresent(value -> request.header("Authorization", value));
        return request.build();
    }

    /** The JDK's own time-out ends at the headers; this one holds for the body too. */
    private HttpResponse<byte[]> send(HttpRequest request) throws ExecutionException, TimeoutException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, BodyHandlers.ofByteArray());
        try {
            return answer.get(config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException("interrupted while waiting for the schema registry", e);
        } finally {
            answer.cancel(true);
        }
    }

    private void pause(int round) {
        long doubled = config.retryWait().toMillis() << Math.min(round - 1, 20);
        Duration wait =
                Duration.ofMillis(Math.min(doubled, config.maxRetryWait().toMillis()));
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            throw new InterruptException("interrupted while waiting for the schema registry", e);
        }
    }
}
