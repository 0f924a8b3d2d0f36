package io.patchstream.stream.claims;

import io.patchstream.schemas.PayloadReference;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.settings.ClaimSettings;
import io.patchstream.vision.model.Sha256;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches payloads that a record names instead of holding. What is fetched was allowed by the operator, has the size and
 * the SHA-256 that the record says, came in time, or is refused; nothing is followed to elsewhere (no redirects, no links
 * out of a folder, no name that leads into a network that the operator did not name). Shared by the engine's threads.
 *
 * <p>A payload that cannot be had after a few attempts is a dead letter and no outage: the reference came with the
 * record, and one camera's dead file server must not stop the others.
 */
public final class ClaimChecks implements AutoCloseable {
    private final ClaimSettings settings;
    private final ExecutorService threads;
    private final ClaimedFiles files;
    private final ClaimedHosts hosts;

    public ClaimChecks(ClaimSettings settings) {
        this(settings, InetAddress::getAllByName, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    ClaimChecks(ClaimSettings settings, Reachable.Names names, SSLSocketFactory tlsSockets) {
        this.settings = settings;
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "claim");
            thread.setDaemon(true);
            return thread;
        });
        this.files = new ClaimedFiles(settings, threads);
        this.hosts = new ClaimedHosts(settings, names, tlsSockets, threads);
    }

    /** The payload's bytes. */
    public ByteBuffer fetch(PayloadReference reference) throws RejectedFrameException {
        long size = reference.getSize();
        if (size < 0 || size > settings.maxBytes()) {
            throw Refusals.of(
                    "CLAIM_TOO_LARGE",
                    "payload " + reference.getUri() + " is said to have " + size + " bytes; claims.max.bytes allows "
                            + settings.maxBytes(),
                    null);
        }
        URI uri = uri(reference.getUri());
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        byte[] bytes = switch (scheme) {
            case "file" -> files.read(uri, (int) size);
            case "http" -> hosts.get(uri, false, (int) size);
            case "https" -> hosts.get(uri, true, (int) size);
            default -> throw Refusals.notAllowed(uri, "use file:, http: or https:");
        };
        if (bytes.length != size) {
            throw Refusals.of(
                    "CLAIM_SIZE",
                    "payload " + uri + " has " + (bytes.length > size ? "more than " + size : bytes.length)
                            + " bytes; the record says " + size,
                    null);
        }
        String sha256 = Sha256.of(bytes);
        if (!sha256.equals(reference.getSha256())) {
            throw Refusals.of(
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
            throw Refusals.of("CLAIM_URI", "payload reference '" + text + "' is no URI: " + e.getReason(), e);
        }
    }

    @Override
    public void close() {
        // Not waited for: what hangs in the kernel ends with the process.
        threads.shutdownNow();
    }
}
