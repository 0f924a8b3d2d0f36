package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.tensor.ElementFormat;
import io.patchstream.trainer.tensor.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code torch.save} writes ({@code .pth}, {@code .pt}, {@code .bin}): a ZIP archive with a pickle and raw storages. Only
 * tensors and containers are read; any other global is refused by its name, and none is ever run.
 */
final class TorchArchive implements PickleReader.Names {
    private static final long MOST_PICKLE_BYTES = 64 << 20;
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";
    private static final Set<String> CONTAINERS = Set.of("collections.OrderedDict", "torch.Size");
    private static final Map<String, ElementFormat> STORAGES = Map.of(
            "torch.DoubleStorage", ElementFormat.F64,
            "torch.FloatStorage", ElementFormat.F32,
            "torch.HalfStorage", ElementFormat.F16,
            "torch.BFloat16Storage", ElementFormat.BF16,
            "torch.LongStorage", ElementFormat.I64,
            "torch.IntStorage", ElementFormat.I32,
            "torch.ShortStorage", ElementFormat.I16,
            "torch.CharStorage", ElementFormat.I8,
            "torch.ByteStorage", ElementFormat.U8,
            "torch.BoolStorage", ElementFormat.BOOL);
    /** Where training scripts keep the weights inside of a larger checkpoint; the first that is there. */
    private static final List<String> WEIGHTS = List.of("state_dict", "model", "model_state", "teacher");

    private record Storage(String key, ElementFormat format, long count) {}

    private final Path file;
    private final ZipMembers members;
    private final String folder;
    private final Map<String, float[]> storages = new HashMap<>();

    private TorchArchive(Path file, ZipMembers members, String folder) {
        this.file = file;
        this.members = members;
        this.folder = folder;
    }

    static Map<String, HostTensor> read(Path file) throws IOException {
        String advice = "it is of PyTorch before 1.6: load it there and save it again, best as safetensors";
        try (ZipMembers members = new ZipMembers(file, advice)) {
            String pickle = members.names().stream()
                    .filter(name -> name.endsWith("/data.pkl") || name.equals("data.pkl"))
                    .findFirst()
                    .orElseThrow(() -> new CheckpointException(file + " has no data.pkl: torch.save did not write it"));
            String folder = pickle.substring(0, pickle.length() - "data.pkl".length());
            TorchArchive archive = new TorchArchive(file, members, folder);
            return archive.tensors(
                    PickleReader.read(file.toString(), members.read(pickle, MOST_PICKLE_BYTES), archive));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public PickleReader.Global global(String name) {
        if (!name.equals(TENSOR)
                && !name.equals(PARAMETER)
                && !CONTAINERS.contains(name)
                && !STORAGES.containsKey(name)) {
            throw new CheckpointException(file + " is refused: it would run " + name
                    + ". Only tensors and containers are read. If you trust the file, load it with PyTorch and save its"
                    + " state_dict() as safetensors");
        }
        return new PickleReader.Global(name);
    }

    @Override
    public Object apply(PickleReader.Global global, List<?> arguments) {
        switch (global.name()) {
            case TENSOR -> {
                return tensor(
                        (Storage) arguments.get(0),
                        (long) arguments.get(1),
                        longs(arguments.get(2)),
                        longs(arguments.get(3)));
            }
            case PARAMETER -> {
                return arguments.get(0);
            }
            case "torch.Size" -> {
                return new ArrayList<>((List<?>) arguments.get(0));
            }
            case "collections.OrderedDict" -> {
                return new LinkedHashMap<>();
            }
            default -> throw new CheckpointException(file + " is refused: it would run " + global.name());
        }
    }

    /** {@code ("storage", storage type, key, device, number of elements)}. */
    @Override
    public Object persistent(Object id) {
        List<?> parts = (List<?>) id;
        ElementFormat format = STORAGES.get(((PickleReader.Global) parts.get(1)).name());
        return new Storage((String) parts.get(2), format, (long) parts.get(4));
    }

    private HostTensor tensor(Storage storage, long offset, long[] shape, long[] strides) {
        float[] values = storages.computeIfAbsent(storage.key(), key -> values(storage));
        long count = 1;
        long last = offset;
        boolean inside = offset >= 0 && shape.length == strides.length;
        for (int i = 0; inside && i < shape.length; i++) {
            inside = shape[i] >= 0 && shape[i] <= values.length && strides[i] >= 0 && strides[i] <= values.length;
            count *= inside ? shape[i] : 0;
            last += inside ? Math.max(0, shape[i] - 1) * strides[i] : 0;
            inside &= count <= values.length;
        }
        if (!inside || count > 0 && last >= values.length) {
            throw new CheckpointException(file + ": a tensor of shape " + java.util.Arrays.toString(shape)
                    + " does not fit into its storage of " + values.length + " numbers: the file is damaged");
        }
        return Layout.gather(values, offset, shape, strides);
    }

    private float[] values(Storage storage) {
        String member = folder + "data/" + storage.key();
        long bytes = members.size(member);
        if (storage.count() < 0
                || storage.count() > Integer.MAX_VALUE
                || bytes != storage.count() * storage.format().bytes()) {
            throw new CheckpointException(file + ": storage " + storage.key() + " has " + bytes + " bytes, not "
                    + storage.count() + " x " + storage.format().bytes());
        }
        try {
            ByteBuffer buffer = members.read(member, bytes);
            float[] values = new float[(int) storage.count()];
            for (int i = 0; i < values.length; i++) {
                values[i] = storage.format().next(buffer);
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long[] longs(Object list) {
        return ((List<?>) list).stream().mapToLong(item -> (long) item).toArray();
    }

    private Map<String, HostTensor> tensors(Object root) {
        Object weights = root;
        for (String key : WEIGHTS) {
            if (root instanceof Map<?, ?> map && map.get(key) instanceof Map<?, ?> inner) {
                weights = inner;
                break;
            }
        }
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        if (weights instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (name instanceof String text && value instanceof HostTensor tensor) {
                    tensors.put(text, tensor);
                }
            });
        }
        return tensors;
    }
}
