package io.patchstream.stream.models;

import io.patchstream.stream.infer.ModelHash;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.models.ModelRecord.Part;
import io.patchstream.stream.models.ModelTopic.Published;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What was fetched of a slot, each model in a folder by its hash, and two files that name one of them: {@code current} is
 * what the engine is to serve, {@code served} what it last served and so can be served when the other cannot. Nothing is
 * deleted: an answer may have to be explained. For one thread; other processes may do the same with the same folder.
 */
final class ModelCache {
    private static final String CURRENT = "current";
    private static final String SERVED = "served";

    private final Path folder;
    private final ModelFetch fetch;
    private final long maxBytes;
    private final ModelKeys keys;
    private String noted = "";

    /**
     * A cache in {@code folder}, which is made.
     *
     * @param maxBytes the largest model, all its files together
     * @param keys who must have signed a model
     */
    ModelCache(Path folder, ModelFetch fetch, long maxBytes, ModelKeys keys) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.fetch = fetch;
        this.maxBytes = maxBytes;
        this.keys = keys;
    }

    /** What the engine follows. */
    Path folder() {
        return folder;
    }

    /**
     * Has the files of what is published, fetched where they are not there, and lets {@code current} name the model.
     *
     * @throws ModelRefusedException when it names none, or they cannot be had, or are not what the record says; {@code
     *     current} stays
     */
    void choose(Published published) throws ModelRefusedException {
        ModelRecord record = published.model().orElseThrow(() -> ModelRefusedException.forGood(published.problem()));
        if (record.bytes() > maxBytes) {
            throw ModelRefusedException.forGood(
                    "it has " + record.bytes() + " bytes; model.max.bytes allows " + maxBytes);
        }
        try {
            Path place = Files.createDirectories(folder.resolve(record.sha256()));
            for (Part part : record.files()) {
                Path file = place.resolve(part.name());
                if (!isThere(part, file)) {
                    Path written = place.resolve(
                            "." + part.name() + "." + ProcessHandle.current().pid() + ".part");
                    try {
                        fetch.fetch(part, written);
                        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                    } finally {
                        Files.deleteIfExists(written);
                    }
                }
            }
            Path model = place.resolve(record.fileName());
            String found = ModelHash.of(model);
            if (!found.equals(record.sha256())) {
                throw ModelRefusedException.forGood(
                        "its files make a model of SHA-256 " + found + "; the record says " + record.sha256());
            }
            keys.verify(model, record.sha256());
            name(CURRENT, record.sha256() + "/" + record.fileName());
        } catch (ContractException e) {
            throw ModelRefusedException.forGood(e.getMessage());
        } catch (IOException e) {
            throw ModelRefusedException.forNow("it cannot be kept in " + folder + ": " + e, e);
        }
    }

    private static boolean isThere(Part part, Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == part.bytes()
                && Sha256.of(file).equals(part.sha256());
    }

    boolean hasCurrent() {
        return Files.exists(folder.resolve(CURRENT));
    }

    /** Notes what the engine serves. */
    void serves(String sha256) throws IOException {
        if (sha256.equals(noted)) {
            return;
        }
        String current = Files.readString(folder.resolve(CURRENT)).strip();
        // Between the choice of another model and its take-over the one before is served, which is noted already.
        if (current.startsWith(sha256 + "/")) {
            name(SERVED, current);
            noted = sha256;
        }
    }

    /** Lets {@code current} name what was last served; what it named, unless that is the same or there is none. */
    Optional<String> stepBack() throws IOException {
        Path served = folder.resolve(SERVED);
        if (!Files.exists(served) || !hasCurrent()) {
            return Optional.empty();
        }
        String before = Files.readString(folder.resolve(CURRENT)).strip();
        String last = Files.readString(served).strip();
        if (before.equals(last)) {
            return Optional.empty();
        }
        name(CURRENT, last);
        return Optional.of(before);
    }

    private void name(String file, String model) throws IOException {
        Path part = folder.resolve("." + file + "." + ProcessHandle.current().pid());
        Files.writeString(part, model + "\n");
        Files.move(part, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
