package io.patchstream.trainer.export;

import io.patchstream.trainer.export.WrittenModel.Constant;
import io.patchstream.trainer.tensor.HalfFloat;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.RolloutContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * From an exported float32 model to its explain file: the very bytes of the model's file with nodes for {@value
 * RolloutContract#ROLLOUT} behind them. (Protocol buffers merge what is appended.) It names the models that it explains by
 * their SHA-256: the one it was made from, and others that are shown to have the same weights.
 */
final class ExplainExport {
    private static final float SHARES_WITHIN = 1e-4f;

    private final WrittenModel model;
    private final ModelContract contract;

    /**
     * Takes a model.
     *
     * @throws ExportException when it is none that can be explained
     */
    ExplainExport(Path file) throws IOException {
        this.model = WrittenModel.read(file);
        this.contract = contract(model);
        if (contract.precision() != Precision.FP32) {
            throw new ExportException(file + " is " + contract.precision()
                    + ": what it looks at is computed in float32; export --precision fp32 first");
        } else if (RolloutContract.isIn(model.metadata())) {
            throw new ExportException(file + " is an explain file already");
        }
    }

    /**
     * Writes it, whole or not at all, once it answers the model's golden frames as the model does.
     *
     * @param others forms of the model in other precisions
     * @throws ExportException when one of these has other weights, or the file does not answer right
     */
    RolloutContract write(List<Path> others, Path out) throws IOException {
        List<String> explains = new ArrayList<>(List.of(model.sha256()));
        for (Path other : others) {
            explains.add(requireSameWeights(WrittenModel.read(other)).sha256());
        }
        RolloutGraph.Added added = RolloutGraph.to(model);
        RolloutContract rollout = new RolloutContract(explains, added.blocks(), added.heads(), added.pooling());
        byte[] addition =
                new OnnxModel(added.graph(), new TreeMap<>(), model.irVersion(), rollout.toMetadata()).toBytes();
        Path target = out.toAbsolutePath();
        Path folder = target.resolveSibling("");
        if (model.constants().values().stream().anyMatch(Constant::isElsewhere)
                && !Files.isSameFile(folder, model.file().toAbsolutePath().resolveSibling(""))) {
            throw new ExportException("the weights of " + model.file() + " lie in a file beside it: so must " + out);
        }
        // In its folder, so that weights beside the model are found.
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            Files.write(partial, model.bytes());
            Files.write(partial, addition, StandardOpenOption.APPEND);
            prove(partial);
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
        return rollout;
    }

    private static ModelContract contract(WrittenModel model) {
        try {
            return ModelContract.fromMetadata(model.metadata());
        } catch (ContractException e) {
            throw new ExportException(model.file() + ": " + e.getMessage(), e);
        }
    }

    /**
     * The same float constants, bit by bit (where the other has halves: rounded to those), labels and pixels. Int8 keeps
     * norms, biases, head and tokenizer as floats: a step of training more would have moved each of them.
     */
    private WrittenModel requireSameWeights(WrittenModel other) {
        ModelContract theirs = contract(other);
        if (!theirs.labels().equals(contract.labels())
                || !theirs.preprocessing().equals(contract.preprocessing())) {
            throw new ExportException(other.file() + " has other labels or another preprocessing than " + model.file());
        }
        int same = 0;
        int floats = 0;
        for (Map.Entry<String, Constant> entry : model.constants().entrySet()) {
            Constant mine = entry.getValue();
            Constant its = other.constants().get(entry.getKey());
            if (!mine.is(ElementType.FLOAT)) {
                continue;
            }
            floats++;
            if (its != null && (its.is(ElementType.FLOAT) || its.is(ElementType.FLOAT16))) {
                if (mine.isElsewhere() || its.isElsewhere()) {
                    throw new ExportException("weights beside a file are not compared: explain " + other.file()
                            + " by a file of its own");
                } else if (!isSame(mine, its)) {
                    throw new ExportException(other.file() + " has other weights than " + model.file() + ": its "
                            + entry.getKey() + " differs. Both must be exported from the same training");
                }
                same++;
            }
        }
        if (same * 2 < floats) {
            throw new ExportException(other.file() + " has " + same + " of the " + floats + " float constants of "
                    + model.file() + ": too few to tell that it is the same model");
        }
        return other;
    }

    private static boolean isSame(Constant mine, Constant its) {
        if (!mine.shape().equals(its.shape())) {
            return false;
        } else if (its.is(ElementType.FLOAT)) {
            return mine.data().equals(its.data());
        }
        ByteBuffer floats = mine.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer halves = its.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            if (HalfFloat.of(floats.getFloat()) != halves.getShort()) {
                return false;
            }
        }
        return true;
    }

    /** On the golden frames of the model: its logits, and shares between 0 and 1 that are no more than 1 together. */
    private void prove(Path written) throws IOException {
        Path beside = GoldenFrames.beside(model.file());
        if (!Files.exists(beside)) {
            throw new ExportException(beside + " is not there: the golden frames prove the explain file");
        }
        GoldenFrames golden = GoldenFrames.read(beside);
        try (RuntimeSession session = RuntimeSession.open(written)) {
            for (int frame = 0; frame < golden.count(); frame++) {
                Map<String, float[]> answer = session.run(
                        ByteBuffer.wrap(golden.pixels(frame)),
                        1,
                        golden.height(),
                        golden.width(),
                        Set.of(ModelContract.LOGITS, RolloutContract.ROLLOUT));
                float[] expected = golden.logits(frame);
                for (int k = 0; k < expected.length; k++) {
                    if (!(Math.abs(answer.get(ModelContract.LOGITS)[k] - expected[k]) <= golden.tolerance())) {
                        throw new ExportException("logit " + k + " of golden frame " + frame + " is "
                                + answer.get(ModelContract.LOGITS)[k] + "; the model gives " + expected[k]
                                + ": nothing was written");
                    }
                }
                requireShares(answer.get(RolloutContract.ROLLOUT));
            }
        }
    }

    private static void requireShares(float[] shares) {
        double sum = 0;
        for (float share : shares) {
            if (!(share >= 0)) {
                throw new ExportException("a share is " + share + ": nothing was written");
            }
            sum += share;
        }
        if (!(sum <= 1 + SHARES_WITHIN)) {
            throw new ExportException("the shares are " + sum + " together: nothing was written");
        }
    }
}
