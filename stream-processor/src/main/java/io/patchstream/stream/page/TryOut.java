package io.patchstream.stream.page;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.page.RecentFrames.Entry;
import io.patchstream.stream.page.RecentFrames.Neighbour;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.Png;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/** Answers about one picture: what the model says of it, what it saw, and what looked like it lately. From any thread. */
final class TryOut {
    /** Whose the uploads are. */
    static final FrameSource SOURCE = new FrameSource("page", "page", 0);

    private static final int AT_A_TIME = 2;
    private static final int NEIGHBOURS = 12;

    private final FrameEngine engine;
    private final RecentFrames recent;
    private final DecodeScale scale;
    private final Attention attention;
    private final Semaphore turns = new Semaphore(AT_A_TIME);

    /**
     * @param engine borrowed
     * @param attention borrowed
     */
    TryOut(FrameEngine engine, RecentFrames recent, DecodeScale scale, Attention attention) {
        this.engine = engine;
        this.recent = recent;
        this.scale = scale;
        this.attention = attention;
    }

    /** What the model says of a picture. */
    Reply upload(byte[] picture) throws InterruptedException {
        return answered(picture, (prediction, millis) -> answer(picture, prediction, millis));
    }

    /** What it looks at; the picture is sent once more, since none is kept. */
    Reply attention(byte[] picture) throws InterruptedException {
        return answered(picture, (prediction, millis) -> attention.of(ByteBuffer.wrap(picture), prediction));
    }

    /** What is told of an answer. */
    @FunctionalInterface
    private interface Telling {
        Reply of(Prediction prediction, long millis) throws UndecodableException;
    }

    /** Takes a picture through the engine, in the same batches as all other frames. */
    private Reply answered(byte[] picture, Telling telling) throws InterruptedException {
        if (!turns.tryAcquire()) {
            return Reply.problem(Reply.TOO_MANY, "two pictures are being tried already; try again in a moment");
        }
        try {
            return answered(
                    new EncodedFrame(
                            new FrameHead("page", "", 0, 0, 1, Map.of()),
                            EncodedFrame.Encoding.UNKNOWN,
                            ByteBuffer.wrap(picture)),
                    telling);
        } catch (UndecodableException e) {
            return Reply.problem(Reply.UNPROCESSABLE, e.code() + ": " + e.getMessage());
        } catch (CancellationException e) {
            return Reply.problem(Reply.UNAVAILABLE, "the engine has let go of the picture; try again");
        } finally {
            turns.release();
        }
    }

    private Reply answered(EncodedFrame frame, Telling telling) throws InterruptedException, UndecodableException {
        long began = System.nanoTime();
        FrameOutcome outcome = engine.await(engine.submit(SOURCE, () -> frame));
        long millis = (System.nanoTime() - began) / 1_000_000;
        if (outcome instanceof FrameOutcome.Rejected rejected) {
            return Reply.problem(Reply.UNPROCESSABLE, rejected.code() + ": " + rejected.message());
        } else if (!(outcome instanceof FrameOutcome.Classified classified)) {
            return Reply.problem(Reply.UNAVAILABLE, "the engine is too busy for it; try again");
        } else {
            return telling.of(classified.pictures().get(0), millis);
        }
    }

    private Reply answer(byte[] picture, Prediction prediction, long millis) throws UndecodableException {
        Preprocessing preprocessing = prediction.model().contract().preprocessing();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("model", prediction.model().contract().name());
        answer.put("scores", LiveBoard.scores(prediction));
        answer.put("millis", millis);
        answer.put("height", preprocessing.height());
        answer.put("width", preprocessing.width());
        answer.put(
                "pixels",
                "data:image/png;base64,"
                        + base64(Png.encode(ModelInput.of(ByteBuffer.wrap(picture), preprocessing, scale))));
        answer.put("neighbours", neighbours(recent.nearest(prediction, NEIGHBOURS, -1)));
        return Reply.json(answer);
    }

    /** The newest frames that are kept and that the filter takes, and what there is to choose from. */
    Reply recent(int count, FrameFilter filter) {
        List<Entry> all = recent.all();
        long now = System.currentTimeMillis() * 1000;
        List<Entry> found =
                all.stream().filter(entry -> filter.takes(entry, now)).toList();
        return Reply.json(Map.of(
                "frames", found.stream().limit(count).map(TryOut::shown).toList(),
                "found", found.size(),
                "kept", all.size(),
                "cameras", all.stream().map(Entry::camera).distinct().sorted().toList(),
                "labels", all.stream().map(Entry::label).distinct().sorted().toList()));
    }

    /** What looks like a frame that is kept. */
    Reply nearest(long id) {
        Optional<Entry> entry = recent.find(id);
        return entry.isEmpty()
                ? Reply.problem(Reply.NOT_FOUND, "that frame is kept no longer; take a newer one")
                : Reply.json(Map.of(
                        "frame",
                        shown(entry.get()),
                        "neighbours",
                        neighbours(recent.nearest(entry.get().prediction(), NEIGHBOURS, id))));
    }

    private static List<Map<String, Object>> neighbours(List<Neighbour> neighbours) {
        return neighbours.stream()
                .map(neighbour -> {
                    Map<String, Object> shown = shown(neighbour.entry());
                    shown.put("similarity", neighbour.similarity());
                    return shown;
                })
                .toList();
    }

    private static Map<String, Object> shown(Entry entry) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", entry.id());
        shown.put("camera", entry.camera());
        shown.put("capturedAtMillis", entry.capturedAtMicros() / 1000);
        shown.put("label", entry.label());
        shown.put("picture", "data:image/jpeg;base64," + base64(entry.jpeg()));
        return shown;
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
