package io.patchstream.trainer.export;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.KnownDistances;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an exported file says of how far its answers can be believed. In float32 and at the model's own temperature that is what
 * {@code evaluate --calibrate} measured. Any other file gives other probabilities and distances: there it is measured anew of
 * the file itself, or left out.
 *
 * @param notes for people: where it comes from, what it does on other pictures, or why it is left out
 */
record ExportedConfidence(
        Optional<ConformalPromise> conformal, Optional<KnownDistances> distances, List<String> notes) {
    ExportedConfidence {
        notes = List.copyOf(notes);
    }

    /** Whether the limits of {@code model} are not those of what is exported so. */
    static boolean isMeasuredAnew(TrainedModel model, ExportSettings settings) {
        boolean others = settings.precision() != Precision.FP32;
        boolean hotter = settings.temperature() != model.temperature();
        return model.conformal().isPresent() && (others || hotter)
                || model.distance().isPresent() && others;
    }

    /** As {@code evaluate --calibrate} measured it. */
    static ExportedConfidence own(TrainedModel model) {
        List<String> notes = new ArrayList<>();
        model.conformal()
                .ifPresent(promise -> notes.add(line(
                        "conformal sets as evaluated: %.1f %% promised from %d examples",
                        100 * promise.coverage(), promise.examples())));
        model.distance()
                .ifPresent(classes -> notes.add(line(
                        "distance to %d classes, with limits as evaluated for %s %% of known pictures",
                        classes.classes(), classes.known().percents())));
        return new ExportedConfidence(model.conformal(), model.distance().map(classes -> classes.known()), notes);
    }

    /** What holds without pictures to measure on: distances in float32. */
    static ExportedConfidence withoutPictures(TrainedModel model, ExportSettings settings) {
        boolean exact = settings.precision() == Precision.FP32;
        String what = exact ? "conformal sets are" : "conformal sets and distance are";
        return new ExportedConfidence(
                Optional.empty(),
                exact ? model.distance().map(classes -> classes.known()) : Optional.empty(),
                List.of(what + " left out: they were measured in float32 at temperature " + model.temperature()
                        + ", and this file gives other numbers; name the data by --recipe and they are measured anew"));
    }

    /** Of a file's own answers. */
    static ExportedConfidence measured(TrainedModel model, Path file, OptLevel level, Untouched pictures) {
        try (RuntimeSession session = RuntimeSession.open(file, level)) {
            return new Measurement(model, session, pictures).take();
        }
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private record Measurement(TrainedModel model, RuntimeSession session, Untouched pictures) {
        ExportedConfidence take() {
            Set<String> outputs = new HashSet<>(Set.of(ModelContract.PROBABILITIES));
            if (model.distance().isPresent()) {
                outputs.add(ModelContract.DISTANCE);
            }
            Map<String, float[]> chosenOn = session.answers(pictures.limits(), 1, outputs);
            Map<String, float[]> countedOn = session.answers(pictures.rest(), 1, outputs);
            List<String> notes = new ArrayList<>();
            Optional<ConformalPromise> sets = model.conformal()
                    .flatMap(promise ->
                            ConformalPromise.of(right(chosenOn.get(ModelContract.PROBABILITIES)), promise.coverage()));
            model.conformal()
                    .ifPresent(before ->
                            notes.add(sets.map(promise -> counted(promise, countedOn.get(ModelContract.PROBABILITIES)))
                                    .orElse("conformal sets are left out: "
                                            + pictures.limits().count() + " pictures are too few")));
            Optional<KnownDistances> known = Optional.ofNullable(chosenOn.get(ModelContract.DISTANCE))
                    .flatMap(distances -> KnownDistances.of(doubles(distances)));
            known.ifPresent(limits -> notes.add(counted(limits, countedOn.get(ModelContract.DISTANCE))));
            return new ExportedConfidence(sets, known, notes);
        }

        private double[] right(float[] probabilities) {
            double[] right = new double[pictures.limits().count()];
            int classes = probabilities.length / right.length;
            for (int i = 0; i < right.length; i++) {
                right[i] = probabilities[i * classes + pictures.limits().classOf(i)];
            }
            return right;
        }

        private String counted(ConformalPromise promise, float[] probabilities) {
            int count = pictures.rest().count();
            int classes = probabilities.length / count;
            int covered = 0;
            int size = 0;
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < classes; k++) {
                    if (promise.holds(probabilities[i * classes + k])) {
                        size++;
                        covered += k == pictures.rest().classOf(i) ? 1 : 0;
                    }
                }
            }
            return line(
                    "conformal sets of this file: %.1f %% promised from %d pictures; on %d others %.2f %% covered, %.2f"
                            + " classes in a set",
                    100 * promise.coverage(),
                    promise.examples(),
                    count,
                    100.0 * covered / count,
                    (double) size / count);
        }

        private static String counted(KnownDistances known, float[] distances) {
            List<String> parts = new ArrayList<>();
            for (KnownDistances.Limit limit : known.limits()) {
                int beyond = 0;
                for (float distance : distances) {
                    beyond += distance > limit.distance() ? 1 : 0;
                }
                parts.add(line(
                        "%s %% under %.1f (%.2f %% beyond)",
                        limit.percent(), limit.distance(), 100.0 * beyond / distances.length));
            }
            return line(
                    "distances of this file, from %d pictures and on %d others: %s",
                    known.examples(), distances.length, String.join(", ", parts));
        }

        private static double[] doubles(float[] values) {
            double[] wide = new double[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            return wide;
        }
    }
}
