package io.patchstream.trainer.data;

import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Every picture read and decoded once.
 *
 * @param good the examples whose pictures decode, each with its hash
 * @param sameBytes how many of them have the very bytes of one before
 * @param sameBytesOtherLabel those of them that have another label than that one, by their place
 */
public record Inspection(List<Example> good, int sameBytes, List<String> sameBytesOtherLabel) {

    /**
     * Looks at all examples, on all processors.
     *
     * @param problems where examples go whose pictures cannot be read or decoded, or have another hash than listed
     */
    public static Inspection of(List<Example> examples, Problems problems) {
        Example[] seen = new Example[examples.size()];
        String[] faults = new String[examples.size()];
        IntStream.range(0, seen.length).parallel().forEach(i -> {
            Example example = examples.get(i);
            try {
                byte[] bytes = example.bytes();
                example.decode(bytes);
                seen[i] = example.as(example.row().withSha256(Sha256.of(bytes)));
            } catch (IOException e) {
                faults[i] = e.getMessage();
            }
        });
        List<Example> good = new ArrayList<>();
        Map<String, Example> byHash = new HashMap<>();
        int same = 0;
        List<String> otherLabel = new ArrayList<>();
        for (int i = 0; i < seen.length; i++) {
            if (seen[i] == null) {
                problems.add(faults[i]);
                continue;
            }
            good.add(seen[i]);
            String content = seen[i].row().sha256() + "#" + seen[i].row().picture();
            Example before = byHash.putIfAbsent(content, seen[i]);
            if (before != null) {
                same++;
                if (!before.row().label().equals(seen[i].row().label())) {
                    otherLabel.add(seen[i].where() + ": " + seen[i].row().key() + " is called "
                            + seen[i].row().label() + "; the same bytes are called "
                            + before.row().label() + " at " + before.where());
                }
            }
        }
        return new Inspection(List.copyOf(good), same, List.copyOf(otherLabel));
    }
}
