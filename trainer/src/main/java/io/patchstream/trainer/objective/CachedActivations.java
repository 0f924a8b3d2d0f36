package io.patchstream.trainer.objective;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * A model whose first blocks do not learn: what they make of a picture is computed once and read from then on. Pictures are known
 * by the hash of their pixels, so that an augmented one is another one and nothing has to be promised about the data.
 *
 * <p>The activations lie in a file that is deleted when this is closed; when it is full, what is not in it is computed each time.
 * Used by one thread.
 */
public final class CachedActivations implements Student, AutoCloseable {
    private final VisionTransformer model;
    private final Precision precision;
    private final int firstBlock;
    private final long mostBytes;
    private final FileChannel file;
    private final Map<ByteBuffer, Long> places = new HashMap<>();
    private final MessageDigest digest = Sha256.newDigest();
    private long end;
    private long hits;

    /**
     * @param model the one in training; borrowed
     * @param firstBlock the first block that learns; L when only the head does
     * @param folder where the file goes
     * @param mostBytes what the file may have
     */
    @MustBeClosed
    public CachedActivations(VisionTransformer model, Precision precision, int firstBlock, Path folder, long mostBytes)
            throws IOException {
        this.model = model;
        this.precision = precision;
        this.firstBlock = firstBlock;
        this.mostBytes = mostBytes;
        Files.createDirectories(folder);
        this.file = FileChannel.open(
                Files.createTempFile(folder, "activations", ".tmp"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** How many pictures were not computed again. */
    public long hits() {
        return hits;
    }

    @Override
    public Tensor logits(Batch batch) {
        List<ByteBuffer> keys = new ArrayList<>();
        List<Integer> missing = new ArrayList<>();
        int bytes = batch.pixels().length / batch.size();
        for (int i = 0; i < batch.size(); i++) {
            digest.update(batch.pixels(), i * bytes, bytes);
            keys.add(ByteBuffer.wrap(digest.digest()));
            if (!places.containsKey(keys.get(i))) {
                missing.add(i);
            }
        }
        hits += batch.size() - missing.size();
        try {
            Tensor tokens = tokens(batch, keys, missing);
            try (Autocast cast = Autocast.of(precision)) {
                return model.logitsFrom(tokens, firstBlock, true).to(torch.ScalarType.Float);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code [B, T, D]}, in float32, off the gradient tape. */
    private Tensor tokens(Batch batch, List<ByteBuffer> keys, List<Integer> missing) throws IOException {
        long[] shape = {
            batch.size(),
            model.config().tokens() + (long) model.config().prefixTokens(),
            model.config().hiddenSize()
        };
        int width = Math.toIntExact(shape[1] * shape[2]);
        float[] all = new float[batch.size() * width];
        boolean[] isMissing = new boolean[batch.size()];
        if (!missing.isEmpty()) {
            Tensor computed = computed(batch, missing); // [misses, T, D]
            float[] values = new float[missing.size() * width];
            computed.data_ptr_float().get(values);
            for (int i = 0; i < missing.size(); i++) {
                isMissing[missing.get(i)] = true;
                System.arraycopy(values, i * width, all, missing.get(i) * width, width);
                keep(keys.get(missing.get(i)), values, i * width, width);
            }
        }
        for (int i = 0; i < batch.size(); i++) {
            if (!isMissing[i]) {
                read(places.get(keys.get(i)), all, i * width, width);
            }
        }
        return torch.from_blob(new FloatPointer(all), shape, new TensorOptions(torch.ScalarType.Float))
                .clone();
    }

    private Tensor computed(Batch batch, List<Integer> missing) {
        int bytes = batch.pixels().length / batch.size();
        byte[] pixels = new byte[missing.size() * bytes];
        for (int i = 0; i < missing.size(); i++) {
            System.arraycopy(batch.pixels(), missing.get(i) * bytes, pixels, i * bytes, bytes);
        }
        try (AutoGradMode constant = new AutoGradMode(false);
                Autocast cast = Autocast.of(precision)) {
            return model.entering(Pixels.of(pixels, missing.size(), batch.side(), batch.side()), firstBlock)
                    .to(torch.ScalarType.Float)
                    .contiguous();
        }
    }

    private void keep(ByteBuffer key, float[] values, int from, int width) throws IOException {
        long size = (long) width * Float.BYTES;
        if (end + size > mostBytes || places.containsKey(key)) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(values, from, width);
        for (long at = end; buffer.hasRemaining(); ) {
            at += file.write(buffer, at);
        }
        places.put(key, end);
        end += size;
    }

    private void read(long place, float[] into, int from, int width) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.nativeOrder());
        while (buffer.hasRemaining()) {
            if (file.read(buffer, place + buffer.position()) < 0) {
                throw new IOException("the cache of activations became shorter");
            }
        }
        buffer.flip().asFloatBuffer().get(into, from, width);
    }

    /** Deletes the file; may be called twice. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
