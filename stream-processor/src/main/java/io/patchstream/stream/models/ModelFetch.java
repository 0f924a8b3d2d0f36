package io.patchstream.stream.models;

import io.patchstream.stream.models.ModelRecord.Part;
import io.patchstream.stream.settings.Hosts;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Fetches a model's files from where the operator allows: folders and hosts. A file has the size and the SHA-256 that the
 * record says, or is refused; nothing is followed to elsewhere (no redirects, no links out of a folder).
 */
final class ModelFetch {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration HEADERS = Duration.ofSeconds(30);
    private static final int BUFFER = 1 << 16;

    /** A body that comes slower is given up: 60 s and so many bytes a second. */
    private static final long LEAST_BYTES_PER_SECOND = 100_000;

    private static final long LEAST_SECONDS = 60;
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final List<String> from;

    /** @param from absolute folders, and hosts with or without port; others are refused */
    ModelFetch(List<String> from) {
        this.from = List.copyOf(from);
    }

    /**
     * Writes the file to {@code target}, whose content is only good when this returns.
     *
     * @throws ModelRefusedException when it may not be fetched, cannot be, or is another than the record says
     */
    void fetch(Part part, Path target) throws ModelRefusedException {
        URI uri = uri(part);
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        try {
            switch (scheme) {
                case "file" -> {
                    try (InputStream in = Files.newInputStream(allowedFile(part, uri), LinkOption.NOFOLLOW_LINKS)) {
                        write(part, in, target);
                    }
                }
                case "http", "https" -> {
                    if (new Hosts(from).allowing(uri).isEmpty()) {
                        throw notAllowed(part, "have one of the hosts");
                    }
                    fromHost(part, uri, target);
                }
                default ->
                    throw ModelRefusedException.forGood(
                            part.name() + " lies at " + part.uri() + "; use file:, http: or https:");
            }
        } catch (IOException e) {
            throw ModelRefusedException.forNow(part.uri() + " cannot be fetched: " + e, e);
        }
    }

    private static URI uri(Part part) throws ModelRefusedException {
        try {
            URI uri = part.uri().startsWith("/") ? Path.of(part.uri()).toUri() : new URI(part.uri());
            if (uri.getScheme() != null) {
                return uri;
            }
        } catch (URISyntaxException | RuntimeException e) {
            throw ModelRefusedException.forGood(
                    part.name() + " lies at '" + part.uri() + "', which is no URI: " + e.getMessage());
        }
        throw ModelRefusedException.forGood(
                part.name() + " lies at '" + part.uri() + "'; it must be an absolute path or begin with a scheme");
    }

    /** The real path: neither ".." nor a link leads out of the folders. */
    private Path allowedFile(Part part, URI uri) throws ModelRefusedException {
        Path real;
        try {
            real = Path.of(uri).toRealPath();
        } catch (IllegalArgumentException e) {
            throw ModelRefusedException.forGood(part.uri() + " names no local file: " + e.getMessage());
        } catch (IOException e) {
            // May come: a volume that is not mounted yet.
            throw ModelRefusedException.forNow(part.uri() + " is not there", e);
        }
        for (String entry : from) {
            if (entry.startsWith("/") && Files.isDirectory(Path.of(entry))) {
                try {
                    if (real.startsWith(Path.of(entry).toRealPath()) && Files.isRegularFile(real)) {
                        return real;
                    }
                } catch (IOException e) {
                    throw ModelRefusedException.forNow("model.topic.from names " + entry + ", which cannot be read", e);
                }
            }
        }
        throw notAllowed(part, "be a file in one of the folders");
    }

    private ModelRefusedException notAllowed(Part part, String rule) {
        return ModelRefusedException.forGood(part.uri() + " may not be fetched: it must " + rule
                + " of model.topic.from, which is " + (from.isEmpty() ? "empty" : String.join(",", from)));
    }

    private void fromHost(Part part, URI uri, Path target) throws IOException, ModelRefusedException {
        HttpClient http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(Redirect.NEVER)
                .build();
        HttpResponse<InputStream> response;
        try {
            response =
                    http.send(HttpRequest.newBuilder(uri).timeout(HEADERS).GET().build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try (InputStream in = response.body()) {
            int status = response.statusCode();
            if (status != OK) {
                String message = uri + " answers with status " + status;
                throw status >= SERVER_ERROR || status == TOO_MANY
                        ? ModelRefusedException.forNow(message, null)
                        : ModelRefusedException.forGood(message);
            }
            // Closing the body wakes who reads it.
            CompletableFuture<Void> limit = CompletableFuture.runAsync(
                    () -> closeQuietly(in),
                    CompletableFuture.delayedExecutor(
                            LEAST_SECONDS + part.bytes() / LEAST_BYTES_PER_SECOND, TimeUnit.SECONDS));
            try {
                write(part, in, target);
            } finally {
                limit.cancel(false);
            }
        }
    }

    private static void closeQuietly(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // Whoever reads it is told.
            return;
        }
    }

    /** No more than the record says, and one byte to know of more. */
    private static void write(Part part, InputStream in, Path target) throws IOException, ModelRefusedException {
        MessageDigest digest = Sha256.newDigest();
        long bytes = 0;
        try (OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
                if (bytes > part.bytes()) {
                    throw ModelRefusedException.forGood(
                            part.uri() + " has more bytes than the " + part.bytes() + " that the record says");
                }
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        }
        if (bytes < part.bytes()) {
            // Perhaps it is being written.
            throw ModelRefusedException.forNow(
                    part.uri() + " has " + bytes + " bytes; the record says " + part.bytes(), null);
        }
        String found = Sha256.text(digest);
        if (!found.equals(part.sha256())) {
            throw ModelRefusedException.forGood(
                    part.uri() + " has SHA-256 " + found + "; the record says " + part.sha256());
        }
    }
}
