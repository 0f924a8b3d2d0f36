package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;

/** Tensors in another order of elements: what lies between one library's convention and another's. */
final class Layout {
    private Layout() {}

    /** The same elements under another shape. */
    static HostTensor reshape(HostTensor tensor, long... shape) {
        return new HostTensor(shape, tensor.values());
    }

    /** Dimension {@code i} of the result is dimension {@code order[i]} of {@code tensor}. */
    static HostTensor permute(HostTensor tensor, int... order) {
        int rank = tensor.rank();
        long[] strides = new long[rank];
        long stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= tensor.dim(i);
        }
        long[] shape = new long[rank];
        long[] permuted = new long[rank];
        for (int i = 0; i < rank; i++) {
            shape[i] = tensor.dim(order[i]);
            permuted[i] = strides[order[i]];
        }
        return gather(tensor.values(), 0, shape, permuted);
    }

    /** All dimensions in reverse order. */
    static HostTensor reversed(HostTensor tensor) {
        int[] order = new int[tensor.rank()];
        Arrays.setAll(order, i -> order.length - 1 - i);
        return permute(tensor, order);
    }

    /** The tensor that a strided view of {@code values} is. */
    static HostTensor gather(float[] values, long offset, long[] shape, long[] strides) {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        float[] gathered = new float[Math.toIntExact(count)];
        long[] index = new long[shape.length];
        long from = offset;
        for (int i = 0; i < gathered.length; i++) {
            gathered[i] = values[Math.toIntExact(from)];
            for (int dim = shape.length - 1; dim >= 0; dim--) {
                from += strides[dim];
                if (++index[dim] < shape[dim]) {
                    break;
                }
                from -= strides[dim] * shape[dim];
                index[dim] = 0;
            }
        }
        return new HostTensor(shape, gathered);
    }

    /** Tensors one below the other, along the first dimension. */
    static HostTensor stack(List<HostTensor> parts) {
        long[] shape = parts.get(0).shape();
        shape[0] = parts.stream().mapToLong(part -> part.dim(0)).sum();
        float[] values =
                new float[parts.stream().mapToInt(part -> part.values().length).sum()];
        int at = 0;
        for (HostTensor part : parts) {
            System.arraycopy(part.values(), 0, values, at, part.values().length);
            at += part.values().length;
        }
        return new HostTensor(shape, values);
    }
}
