package io.patchstream.trainer.train;

import io.patchstream.trainer.distributed.Collective;
import io.patchstream.trainer.model.Weights;
import io.patchstream.trainer.optimise.Optimiser;
import io.patchstream.trainer.optimise.PolyakAverage;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Everything that changes from step to step, as one file that is replaced as a whole: weights, the optimiser's moments, the
 * Polyak average and the number of steps done. What is random is a function of seed and step, so it needs no place here.
 */
final class TrainingState {
    private static final String FILE = "state.safetensors";
    private static final String STEPS = "steps";
    private static final String RECIPE = "recipe";

    private final Path file;
    private final String recipe;
    private final Map<String, Tensor> vectors = new LinkedHashMap<>();

    /** The state of these three; the tensors stay theirs. */
    TrainingState(Path folder, String recipe, Weights weights, Optimiser optimiser, PolyakAverage polyak) {
        this.file = folder.resolve(FILE);
        this.recipe = recipe;
        vectors.put("weights", weights.flat());
        vectors.putAll(new java.util.TreeMap<>(optimiser.moments()));
        vectors.put("average", polyak.average());
    }

    /** Saves the state after {@code steps} steps, with what else is to be known to go on. */
    void save(long steps, Map<String, String> more) throws IOException {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        try (PointerScope scope = new PointerScope()) {
            vectors.forEach((name, vector) -> {
                float[] floats = new float[Math.toIntExact(vector.numel())];
                FloatPointer data = vector.data_ptr_float();
                data.get(floats);
                values.put(name, HostTensor.of(floats, floats.length));
            });
        }
        Map<String, String> notes = new LinkedHashMap<>(more);
        notes.put(STEPS, Long.toString(steps));
        notes.put(RECIPE, recipe);
        Safetensors.write(file, values, notes);
    }

    /**
     * Takes up the saved state.
     *
     * @return the steps done; 0 when nothing was saved
     * @throws IOException also when the saved state is of another recipe
     */
    long resume() throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        Map<String, String> notes = Safetensors.notes(file);
        if (!recipe.equals(notes.get(RECIPE))) {
            throw new IOException(file + " was saved with other settings (" + notes.get(RECIPE) + ", not " + recipe
                    + "): choose another --out, or remove it to begin again");
        }
        Map<String, HostTensor> values = Safetensors.read(file);
        try (PointerScope scope = new PointerScope()) {
            vectors.forEach((name, vector) -> {
                FloatPointer data = vector.data_ptr_float();
                data.put(values.get(name).values());
            });
        }
        return Long.parseLong(notes.get(STEPS));
    }

    /** What {@link #save} was given besides; nothing when nothing was saved. */
    Map<String, String> notes() throws IOException {
        return Files.exists(file) ? Safetensors.notes(file) : Map.of();
    }

    /** Takes over rank 0's state; returns the steps that it has done. */
    long share(Collective collective, long steps) {
        try (PointerScope scope = new PointerScope()) {
            vectors.values().forEach(collective::broadcast);
            // Two halves, each exact in float32.
            FloatPointer halves = new FloatPointer((float) (steps >> 20), (float) (steps & 0xFFFFF));
            Tensor shared = torch.from_blob(halves, new long[] {2}, new TensorOptions(torch.ScalarType.Float))
                    .clone();
            collective.broadcast(shared);
            float[] values = new float[2];
            shared.data_ptr_float().get(values);
            return ((long) values[0] << 20) + (long) values[1];
        }
    }

    /** Removes the saved state: the training is done. */
    void remove() throws IOException {
        Files.deleteIfExists(file);
    }
}
