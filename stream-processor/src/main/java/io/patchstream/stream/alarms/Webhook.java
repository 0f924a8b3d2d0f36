package io.patchstream.stream.alarms;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Somebody else's HTTP server that is told of alarms: a POST each, of which an answer of 2xx is a yes. Follows no redirect: an
 * alarm goes to the address that was given. For one thread at a time.
 */
class Webhook {
    /** What became of a message. */
    enum Fate {
        /** 2xx. */
        TAKEN,
        /** It would be the same the next time: 3xx, and 4xx but for two. */
        REFUSED,
        /** It may go better later: 408, 429, 5xx, and when there is no answer at all. */
        LATER
    }

    /**
     * What became of a message.
     *
     * @param says the status, or why there is none
     * @param pause how long the other side asks to be left alone
     */
    record Reply(Fate fate, String says, Duration pause) {}

    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    /** Nobody may stop alarms for longer by a header. */
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final WebhookAddress address;
    private final Optional<WebhookSecret> secret;
    private final Duration timeout;
    private final Clock clock;
    private final HttpClient client;

    /** @param timeout for each message, from the first packet to the last of the answer */
    Webhook(WebhookAddress address, Optional<WebhookSecret> secret, Duration timeout, Clock clock) {
        this.address = address;
        this.secret = secret;
        this.timeout = timeout;
        this.clock = clock;
        // Over http, HTTP/2 would begin with a request to change over, which some servers answer with 400.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    /**
     * Tells it.
     *
     * @param id by which whoever is told twice can see it
     */
    Reply post(String id, byte[] body) throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request(id, body), BodyHandlers.discarding());
        try {
            // A request's own timeout ends with the answer's head; its body may come drop by drop.
            HttpResponse<Void> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return reply(response);
        } catch (TimeoutException e) {
            return new Reply(Fate.LATER, "no answer within " + timeout.toMillis() + " ms", Duration.ZERO);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                return new Reply(Fate.LATER, cause.toString(), Duration.ZERO);
            }
            throw new IllegalStateException("the HTTP client failed", e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private HttpRequest request(String id, byte[] body) {
        long now = clock.instant().getEpochSecond();
        HttpRequest.Builder request = HttpRequest.newBuilder(address.uri())
                .POST(BodyPublishers.ofByteArray(body))
                .header("content-type", "application/json")
                .header("user-agent", "patchstream")
                .header("idempotency-key", id)
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(now));
        secret.ifPresent(key -> request.header("webhook-signature", key.signature(id, now, body)));
        return request.build();
    }

    private Reply reply(HttpResponse<Void> response) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return new Reply(Fate.TAKEN, "status " + status, Duration.ZERO);
        }
        boolean later = status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS || status >= 500;
        Duration pause =
                response.headers().firstValue("retry-after").map(this::pause).orElse(Duration.ZERO);
        return new Reply(later ? Fate.LATER : Fate.REFUSED, "status " + status, pause);
    }

    /** Seconds or a date; what is neither asks for nothing. */
    private Duration pause(String retryAfter) {
        Duration asked;
        if (retryAfter.matches("\\d{1,9}")) {
            asked = Duration.ofSeconds(Long.parseLong(retryAfter));
        } else {
            try {
                Instant until = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                asked = Duration.between(clock.instant(), until);
            } catch (DateTimeException e) {
                return Duration.ZERO;
            }
        }
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
    }
}
