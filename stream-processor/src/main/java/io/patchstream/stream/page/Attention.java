package io.patchstream.stream.page;

import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.infer.ExplainModel;
import io.patchstream.stream.infer.ExplainModel.Explanation;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.page.RecentFrames.Entry;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.ModelContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From which patches an answer comes, computed when somebody asks: by the explain file of the model that gave it, which is
 * loaded with the first question. One at a time, on the thread that asks; the engine and its frames know nothing of it.
 */
final class Attention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attention.class);

    private final ExplainFiles files;
    private final RecentFrames recent;
    private final Originals originals;
    private final DecodeScale scale;
    private final ModelKeys keys;
    private final ReentrantLock turn = new ReentrantLock();

    // Guarded by turn.
    private Optional<Opened> opened = Optional.empty();
    private boolean closed;

    /** A loaded file. */
    private record Opened(Path file, ExplainModel model) {
        boolean explains(String sha256) {
            return model.rollout().explains().contains(sha256);
        }
    }

    /**
     * @param recent frames that were shown; borrowed
     * @param originals the same as they came; borrowed
     * @param keys who must have signed an explain file
     */
    Attention(ExplainFiles files, RecentFrames recent, Originals originals, DecodeScale scale, ModelKeys keys) {
        this.files = files;
        this.recent = recent;
        this.originals = originals;
        this.scale = scale;
        this.keys = keys;
    }

    /** Of a frame that was shown. */
    Reply ofShown(long id) {
        Optional<Entry> entry = recent.find(id);
        Optional<ByteBuffer> original = originals.find(id);
        return entry.isEmpty() || original.isEmpty()
                ? missing("That picture is kept no longer: only the last few of all cameras are, as they came. Ask of a"
                        + " newer one.")
                : of(original.get(), entry.get().prediction());
    }

    /** Of any frame, and what a model said of its first picture. */
    Reply of(ByteBuffer frame, Prediction prediction) {
        if (!turn.tryLock()) {
            return Reply.problem(
                    Reply.TOO_MANY, "the attention to another picture is being computed; ask again in a moment");
        }
        try {
            if (closed) {
                return Reply.problem(Reply.UNAVAILABLE, "the processor is stopping");
            }
            ExplainFiles.Found found = open(prediction.model());
            return found.file().isEmpty() ? missing(found.why()) : explained(frame, prediction);
        } catch (UndecodableException e) {
            return Reply.problem(Reply.UNPROCESSABLE, e.code() + ": " + e.getMessage());
        } catch (ContractException | InferenceException | IOException e) {
            LOG.atWarn().setCause(e).log("the attention to a picture cannot be told");
            return missing("The explain file cannot be used: " + e.getMessage());
        } finally {
            turn.unlock();
        }
    }

    /** What there is none of is told as an answer: it is no fault of the question. */
    private static Reply missing(String why) {
        return Reply.json(Map.of("missing", why));
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes it.
    private ExplainFiles.Found open(ServedModel answered) throws IOException {
        if (opened.isPresent() && opened.get().explains(answered.sha256())) {
            return new ExplainFiles.Found(Optional.of(opened.get().file()), "");
        }
        ExplainFiles.Found found = files.of(answered.sha256());
        if (found.file().isPresent()) {
            letGo();
            Path file = found.file().get();
            ExplainModel model = ExplainModel.open(file, keys);
            opened = Optional.of(new Opened(file, model));
            requireSamePromise(model.contract(), answered.contract());
            LOG.atInfo().addKeyValue("file", file).log("the explain file was loaded for the live page");
        }
        return found;
    }

    private void requireSamePromise(ModelContract explains, ModelContract answered) {
        if (!explains.labels().equals(answered.labels())
                || !explains.preprocessing().equals(answered.preprocessing())) {
            letGo();
            throw new ContractException("its labels or its preprocessing are not those of the model");
        }
    }

    private Reply explained(ByteBuffer frame, Prediction prediction) throws UndecodableException, InferenceException {
        long began = System.nanoTime();
        Opened explain = opened.orElseThrow();
        ModelContract contract = explain.model().contract();
        RgbImage pixels = ModelInput.of(frame, contract.preprocessing(), scale);
        Explanation explanation = explain.model().explain(ByteBuffer.wrap(pixels.pixels()));
        List<Float> probabilities = explanation.probabilities();
        int answered = prediction.topK().get(0).index();
        int own = probabilities.indexOf(Collections.max(probabilities));
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("shares", explanation.shares());
        told.put("scores", LiveBoard.scores(prediction));
        told.put("probability", probabilities.get(answered));
        told.put("ownLabel", contract.labels().get(own));
        told.put("agrees", own == answered);
        told.put("model", prediction.model().contract().name());
        told.put("precision", prediction.model().contract().precision());
        told.put("sha256", prediction.model().sha256());
        told.put("file", explain.file().getFileName().toString());
        told.put("blocks", explain.model().rollout().blocks());
        told.put("heads", explain.model().rollout().heads());
        told.put("pooling", explain.model().rollout().pooling());
        told.put("preprocessing", contract.preprocessing());
        told.put("millis", (System.nanoTime() - began) / 1_000_000);
        return Reply.json(told);
    }

    private void letGo() {
        opened.ifPresent(explain -> explain.model().close());
        opened = Optional.empty();
    }

    /** Waits for a question that is being answered. May be called twice. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            letGo();
        } finally {
            turn.unlock();
        }
    }
}
