package io.patchstream.stream.topology;

import io.patchstream.schemas.PayloadReference;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.settings.ClaimSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches payloads that a record names instead of holding. What is fetched was allowed by the operator, has the size and
 * the SHA-256 that the record says, or is refused; nothing is followed to elsewhere (no redirects, no links out of a
 * folder). Shared by the engine's threads.
 *
 * <p>A payload that cannot be had after {@value #ATTEMPTS} attempts is a dead letter and no outage: the reference came
 * with the record, and one camera's dead file server must not stop the others.
 */
final class ClaimChecks implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MILLIS = 100;

    private final ClaimSettings settings;
    private final HttpClient http;

    ClaimChecks(ClaimSettings settings) {
        this.settings = settings;
        // A client costs threads; it is made only where references may name hosts.
        this.http = settings.hosts().isEmpty()
                ? null
                : HttpClient.newBuilder()
                        .connectTimeout(settings.timeout())
                        .followRedirects(Redirect.NEVER)
                        .build();
    }

    /** The payload's bytes. */
    ByteBuffer fetch(PayloadReference reference) throws RejectedFrameException {
        long size = reference.getSize();
        if (size < 0 || size > settings.maxBytes()) {
            throw Rejections.of(
                    "CLAIM_TOO_LARGE",
                    "payload " + reference.getUri() + " is said to have " + size + " bytes; claims.max.bytes allows "
                            + settings.maxBytes(),
                    null);
        }
        URI uri = uri(reference.getUri());
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        byte[] bytes = switch (scheme) {
            case "file" -> fromFile(uri, (int) size);
            case "http", "https" -> fromHost(uri, scheme, (int) size);
            default -> throw notAllowed(uri, "use file:, http: or https:");
        };
        if (bytes.length != size) {
            throw Rejections.of(
                    "CLAIM_SIZE",
                    "payload " + uri + " has " + (bytes.length > size ? "more than " + size : bytes.length)
                            + " bytes; the record says " + size,
                    null);
        }
        String sha256 = sha256(bytes);
        if (!sha256.equals(reference.getSha256())) {
            throw Rejections.of(
                    "CLAIM_HASH",
                    "payload " + uri + " has SHA-256 " + sha256 + "; the record says " + reference.getSha256(),
                    null);
        }
        return ByteBuffer.wrap(bytes);
    }

    private static URI uri(String text) throws RejectedFrameException {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw Rejections.of("CLAIM_URI", "payload reference '" + text + "' is no URI: " + e.getReason(), e);
        }
    }

    private byte[] fromFile(URI uri, int size) throws RejectedFrameException {
        Path real;
        try {
            // The real path: neither ".." nor a link leads out of the folders.
            real = Path.of(uri).toRealPath();
        } catch (IllegalArgumentException e) {
            throw Rejections.of("CLAIM_URI", "payload " + uri + " names no local file: " + e.getMessage(), e);
        } catch (IOException e) {
            // One answer for what is missing and for what is forbidden: a record must not find out which files exist.
            throw notAllowed(uri, "it must be a file in one of claims.folders");
        }
        if (!isInFolders(real) || !Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            throw notAllowed(uri, "it must be a file in one of claims.folders");
        }
        try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(size + 1);
        } catch (IOException e) {
            throw Rejections.of("CLAIM_UNREADABLE", "payload " + uri + " cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean isInFolders(Path real) throws RejectedFrameException {
        for (Path folder : settings.folders()) {
            try {
                if (real.startsWith(folder.toRealPath())) {
                    return true;
                }
            } catch (IOException e) {
                throw new SourceUnavailableException(
                        "claims.folders names " + folder + ", which cannot be read: " + e.getMessage(), e);
            }
        }
        return false;
    }

    private byte[] fromHost(URI uri, String scheme, int size) throws RejectedFrameException {
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        String host = uri.getHost();
        boolean allowed = host != null
                && uri.getRawUserInfo() == null
                && settings.hosts().stream().anyMatch(entry -> names(entry, host, port, uri.getPort() < 0));
        if (!allowed) {
            throw notAllowed(uri, "its host must be one of claims.hosts");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<byte[]> response = send(uri, size);
                if (response.statusCode() == 200) {
                    return response.body();
                } else if (attempt == ATTEMPTS || (response.statusCode() < 500 && response.statusCode() != 429)) {
                    throw unreachable(uri, attempt, "status " + response.statusCode(), null);
                }
            } catch (IOException | TimeoutException e) {
                if (attempt == ATTEMPTS) {
                    throw unreachable(uri, attempt, e.getMessage() == null ? "no answer in time" : e.getMessage(), e);
                }
            }
            pause(FIRST_PAUSE_MILLIS << attempt);
        }
    }

    /** An entry without port allows the scheme's own port only. */
    private static boolean names(String entry, String host, int port, boolean schemesPort) {
        return entry.equalsIgnoreCase(host + ":" + port) || (schemesPort && entry.equalsIgnoreCase(host));
    }

    private HttpResponse<byte[]> send(URI uri, int size) throws IOException, TimeoutException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(settings.timeout()).GET().build();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                http.sendAsync(request, info -> new BoundedBody(info.statusCode() == 200 ? size : 0));
        try {
            // The request's own timeout ends with the headers; this one holds for the body too.
            return exchange.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineStoppedException("interrupted while fetching " + uri, e);
        } finally {
            exchange.cancel(true);
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineStoppedException("interrupted between attempts to fetch a payload", e);
        }
    }

    private static RejectedFrameException notAllowed(URI uri, String rule) {
        return Rejections.of(
                "CLAIM_NOT_ALLOWED",
                "payload " + uri + " may not be fetched: " + rule + " (see docs/settings.md, claims.*)",
                null);
    }

    private static RejectedFrameException unreachable(URI uri, int attempts, String why, Exception cause) {
        return Rejections.of(
                "CLAIM_UNREACHABLE",
                "payload " + uri + " could not be fetched in " + attempts + " attempts: " + why,
                cause);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        // HttpClient has no close() before Java 21; its threads are daemons and end with it.
    }
}
