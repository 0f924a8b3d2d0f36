package io.patchstream.trainer.distributed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which process of how many this one is, and where they meet: torchrun's environment variables {@code RANK}, {@code
 * WORLD_SIZE}, {@code MASTER_ADDR} and {@code MASTER_PORT}, which Kubernetes Jobs, Slurm and torchrun itself know to set.
 *
 * @param rank from 0
 * @param worldSize how many processes
 * @param host where rank 0 listens
 * @param port its port
 */
public record Rank(int rank, int worldSize, String host, int port) {
    private static final int DEFAULT_PORT = 29500;

    /** The only process. */
    public static Rank alone() {
        return new Rank(0, 1, "", 0);
    }

    public Rank {
        List<String> problems = new ArrayList<>();
        if (worldSize < 1) {
            problems.add("WORLD_SIZE is " + worldSize + "; it must be 1 or more");
        }
        if (rank < 0 || rank >= Math.max(1, worldSize)) {
            problems.add("RANK is " + rank + "; it must be 0 to WORLD_SIZE - 1, and WORLD_SIZE is " + worldSize);
        }
        if (worldSize > 1 && host.isEmpty()) {
            problems.add("MASTER_ADDR is not set; it must be the host of rank 0");
        }
        if (port < 0 || port > 65535) {
            problems.add("MASTER_PORT is " + port + "; it must be 1 to 65535");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }

    /**
     * What the environment says; without {@code WORLD_SIZE} the only process.
     *
     * @throws IllegalArgumentException when it is wrong, with all that is
     */
    public static Rank of(Map<String, String> environment) {
        int worldSize = number(environment, "WORLD_SIZE", 1);
        return worldSize == 1
                ? alone()
                : new Rank(
                        number(environment, "RANK", -1),
                        worldSize,
                        environment.getOrDefault("MASTER_ADDR", ""),
                        number(environment, "MASTER_PORT", DEFAULT_PORT));
    }

    private static int number(Map<String, String> environment, String name, int otherwise) {
        String text = environment.getOrDefault(name, "");
        try {
            return text.isEmpty() ? otherwise : Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + text + "'; it must be a whole number", e);
        }
    }

    /** Whether this process writes files and reports. */
    public boolean first() {
        return rank == 0;
    }

    /** The first of this rank's part of {@code count} things; the parts differ by one at most. */
    public int from(int count) {
        return (int) ((long) count * rank / worldSize);
    }

    /** The end of this rank's part. */
    public int to(int count) {
        return (int) ((long) count * (rank + 1) / worldSize);
    }
}
