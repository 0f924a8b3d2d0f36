package io.patchstream.trainer.distributed;

import com.google.errorprone.annotations.MustBeClosed;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.gloo.Device;

/**
 * libtorch's Gloo backend over TCP. Rank 0 listens at the meeting place, the others come to it in their own time.
 *
 * <p>Used by one thread. A rank that dies fails the others' next call when {@code timeout} is over.
 */
public final class GlooCollective implements Collective {
    private final Rank rank;
    private final TCPStore store;
    private final ProcessGroupGloo group;
    private boolean closed;

    /**
     * Meets the other ranks; the caller closes it.
     *
     * @param timeout how long the others may be late, here and at every call
     * @throws CollectiveException when they do not come
     */
    @MustBeClosed
    public GlooCollective(Rank rank, Duration timeout) {
        this.rank = rank;
        try (PointerScope scope = new PointerScope()) {
            Milliseconds patience = new Milliseconds(timeout.toMillis());
            TCPStoreOptions options = new TCPStoreOptions()
                    .port((short) rank.port())
                    .isServer(rank.first())
                    .numWorkers(new SizeTPointer(1).put(rank.worldSize()))
                    .waitWorkers(true)
                    .timeout(patience);
            store = new TCPStore(rank.host(), options).retainReference();
            ProcessGroupGloo.Options how = ProcessGroupGloo.Options.create(patience);
            how.devices().push_back(device(rank.host()));
            group = new ProcessGroupGloo(store, rank.rank(), rank.worldSize(), how).retainReference();
        } catch (RuntimeException | UnknownHostException e) {
            throw new CollectiveException(
                    "rank " + rank.rank() + " of " + rank.worldSize() + " did not meet the others at " + rank.host()
                            + ":" + rank.port() + " within " + timeout + ": " + e.getMessage(),
                    e);
        }
    }

    /** The interface that others reach this process by: the loopback one when they meet there, else that of the host's name. */
    private static Device device(String host) throws UnknownHostException {
        return InetAddress.getByName(host).isLoopbackAddress()
                ? ProcessGroupGloo.createDeviceForHostname(host)
                : ProcessGroupGloo.createDefaultDevice();
    }

    @Override
    public Rank rank() {
        return rank;
    }

    @Override
    public void sum(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            finish("sum", group.allreduce(new TensorVector(tensor)));
        } catch (RuntimeException e) {
            throw lost("sum", e);
        }
    }

    @Override
    public void broadcast(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            finish("broadcast", group.broadcast(new TensorVector(tensor)));
        } catch (RuntimeException e) {
            throw lost("broadcast", e);
        }
    }

    private static void finish(String what, Work work) {
        if (!work._wait()) {
            throw new IllegalStateException("the " + what + " was not done");
        }
    }

    private CollectiveException lost(String what, RuntimeException cause) {
        return new CollectiveException(
                "rank " + rank.rank() + " lost the others in a " + what + ": " + cause.getMessage()
                        + "; start all ranks again, they go on where rank 0 last saved",
                cause);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            group.releaseReference();
            store.releaseReference();
        }
    }
}
