package io.patchstream.trainer.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes the int8 form of a float model and lets it pass only if it is nearly as accurate: calibrates, tries every
 * {@link RangeMethod}, takes the one whose logits are nearest to the float model's, and counts both on validation pictures.
 */
final class Quantiser {
    private static final int MOST_COMPARED = 64;

    private final OnnxModel model;
    private final List<String> layers;
    private final ExportSettings settings;
    private final Path folder;

    /**
     * @param model float32, the form that the int8 model is made from
     * @param layers the MatMul nodes that become int8
     * @param folder for models that are tried
     */
    Quantiser(OnnxModel model, List<String> layers, ExportSettings settings, Path folder) {
        this.model = model;
        this.layers = layers;
        this.settings = settings;
        this.folder = folder;
    }

    /** An int8 model that passed, and what it cost. */
    record Passed(OnnxModel model, QuantisationReport report) {}

    private record Trial(RangeMethod method, OnnxModel model, double error) {}

    /**
     * @throws ExportException when it costs more accuracy than allowed; the message has the figures
     */
    Passed quantise(LabelledPixels calibrationPictures, LabelledPixels validation) throws IOException {
        Calibration calibration = Calibration.of(model, layers, calibrationPictures, folder);
        LabelledPixels compared = calibrationPictures.first(MOST_COMPARED);
        Predictions original = predict(model, compared);
        List<Trial> trials = new ArrayList<>();
        for (RangeMethod method : RangeMethod.values()) {
            OnnxModel quantised = quantised(calibration.ranges(method));
            trials.add(new Trial(method, quantised, predict(quantised, compared).rmsDifference(original)));
        }
        Trial best =
                trials.stream().min(Comparator.comparingDouble(Trial::error)).orElseThrow();
        QuantisationReport report = report(best, validation);
        if (report.dropPoints() > settings.mostDropPoints()) {
            List<Map.Entry<String, Double>> costs = sensitivity(calibration, best, compared, original);
            throw new ExportException(
                    refusal(report, trials, costs) + advice(calibration.ranges(best.method()), costs, validation));
        }
        return new Passed(best.model(), report);
    }

    private OnnxModel quantised(Map<String, ActivationRange> ranges) {
        return model.withGraph(StaticQuantisation.apply(model.graph(), ranges, settings.weightBits()));
    }

    private Predictions predict(OnnxModel tried, LabelledPixels pictures) throws IOException {
        Path file = folder.resolve("trial.onnx");
        tried.write(file);
        try (RuntimeSession session = RuntimeSession.open(file)) {
            return Predictions.of(session, pictures);
        }
    }

    private QuantisationReport report(Trial best, LabelledPixels validation) throws IOException {
        Predictions original = predict(model, validation);
        Predictions quantised = predict(best.model(), validation);
        return new QuantisationReport(
                best.method().name().toLowerCase(Locale.ROOT),
                validation.count(),
                original.accuracy(validation),
                quantised.accuracy(validation),
                quantised.agreement(original),
                quantised.rmsDifference(original),
                original.rms());
    }

    /** How far the logits move when only one layer is int8, the worst first. */
    private List<Map.Entry<String, Double>> sensitivity(
            Calibration calibration, Trial best, LabelledPixels compared, Predictions original) throws IOException {
        Map<String, ActivationRange> ranges = calibration.ranges(best.method());
        List<Map.Entry<String, Double>> errors = new ArrayList<>();
        for (String layer : layers) {
            OnnxModel alone = quantised(Map.of(layer, ranges.get(layer)));
            errors.add(Map.entry(layer, predict(alone, compared).rmsDifference(original)));
        }
        errors.sort(Map.Entry.<String, Double>comparingByValue().reversed());
        return errors;
    }

    private String refusal(QuantisationReport report, List<Trial> trials, List<Map.Entry<String, Double>> sensitivity) {
        StringBuilder message = new StringBuilder(String.format(
                Locale.ROOT,
                "int8 costs %.2f points of top-1 accuracy (%.2f %% to %.2f %% on %d pictures); allowed are %.2f: "
                        + "nothing was written. Logits move by (rms, of %.3g):",
                report.dropPoints(),
                100 * report.floatAccuracy(),
                100 * report.accuracy(),
                report.pictures(),
                settings.mostDropPoints(),
                report.rmsLogit()));
        for (Trial trial : trials) {
            message.append(String.format(
                    Locale.ROOT, " %s %.3g", trial.method().name().toLowerCase(Locale.ROOT), trial.error()));
        }
        message.append("; by layer alone, the worst first:");
        for (Map.Entry<String, Double> layer : sensitivity) {
            message.append(String.format(Locale.ROOT, "%n  %-24s %.3g", layer.getKey(), layer.getValue()));
        }
        return message.append(String.format("%n"))
                .append(
                        "Calibrate on more pictures of the kind that it will see, export --precision fp32, or allow more"
                                + " with --max-drop. ")
                .toString();
    }

    /** The fewest of the worst layers, doubled each time, that pass the gate when they stay float. */
    private String advice(
            Map<String, ActivationRange> ranges, List<Map.Entry<String, Double>> costs, LabelledPixels validation)
            throws IOException {
        double original = predict(model, validation).accuracy(validation);
        for (int kept = 1; kept < costs.size(); kept *= 2) {
            Map<String, ActivationRange> left = new HashMap<>(ranges);
            List<String> names =
                    costs.stream().limit(kept).map(Map.Entry::getKey).toList();
            left.keySet().removeAll(names);
            double drop = 100 * (original - predict(quantised(left), validation).accuracy(validation));
            if (drop <= settings.mostDropPoints()) {
                return String.format(
                        Locale.ROOT,
                        "With %d of %d layers in float it costs %.2f points: --keep-float %s",
                        kept,
                        costs.size(),
                        drop,
                        String.join(",", names));
            }
        }
        return "No half of the layers in float is enough";
    }
}
