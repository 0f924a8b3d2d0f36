package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Dataset;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which examples must stay together: everything that is linked, at once or through others (union-find). */
public final class Groups {
    /** Why examples are linked. */
    public enum Reason {
        /** The data say so. */
        SAID,
        /** One camera, close in time. */
        NEIGHBOUR,
        /** They look the same. */
        TWIN,
        /** A model's embeddings are almost parallel. */
        EMBEDDING
    }

    private final int[] parent;
    private final Map<Reason, Integer> links = new TreeMap<>();

    /** Each example alone. */
    public Groups(int size) {
        parent = new int[size];
        for (int i = 0; i < size; i++) {
            parent[i] = i;
        }
    }

    /**
     * By groups that the data name, neighbouring frames, and looks.
     *
     * @throws IOException when a picture cannot be read
     */
    public static Groups of(Dataset dataset, DivideSettings settings) throws IOException {
        return of(dataset, Fingerprints.of(dataset), settings);
    }

    /** The same with fingerprints that were taken before. */
    public static Groups of(Dataset dataset, Fingerprints fingerprints, DivideSettings settings) {
        Groups groups = new Groups(dataset.size());
        groups.linkByOrigin(dataset, settings.gap());
        new TwinSearch(fingerprints, settings).all((one, other) -> groups.link(one, other, Reason.TWIN));
        return groups;
    }

    private void linkByOrigin(Dataset dataset, Duration gap) {
        Map<String, Integer> named = new HashMap<>();
        for (int i = 0; i < parent.length; i++) {
            String group = dataset.origin(i).group();
            Integer first = group.isEmpty() ? null : named.putIfAbsent(group, i);
            if (first != null) {
                link(first, i, Reason.SAID);
            }
        }
        if (gap.isZero()) {
            return;
        }
        CameraFrames cameras = new CameraFrames(dataset);
        for (List<Integer> frames : cameras.all()) {
            for (int k = 1; k < frames.size(); k++) {
                if (cameras.areNeighbours(frames.get(k - 1), frames.get(k), gap)) {
                    link(frames.get(k - 1), frames.get(k), Reason.NEIGHBOUR);
                }
            }
        }
    }

    /** Two examples stay together, and all that each is linked to. */
    public void link(int one, int other, Reason reason) {
        int a = root(one);
        int b = root(other);
        if (a != b) {
            // The smallest index stands for a group, whatever the order of links.
            parent[Math.max(a, b)] = Math.min(a, b);
            links.merge(reason, 1, Integer::sum);
        }
    }

    private int root(int index) {
        int root = index;
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }

    /** Number of examples. */
    public int size() {
        return parent.length;
    }

    /** What stands for the example's group: the smallest index in it. */
    public int group(int index) {
        return root(index);
    }

    /** How many links joined what was apart, by reason: examples less these are the groups. */
    public Map<Reason, Integer> links() {
        return Map.copyOf(links);
    }

    /** The members of each group of the smallest index first, in order. */
    public List<List<Integer>> all() {
        Map<Integer, List<Integer>> members = new TreeMap<>();
        for (int i = 0; i < parent.length; i++) {
            members.computeIfAbsent(root(i), root -> new ArrayList<>()).add(i);
        }
        return List.copyOf(members.values());
    }
}
