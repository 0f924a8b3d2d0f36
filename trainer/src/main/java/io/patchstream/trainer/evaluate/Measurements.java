package io.patchstream.trainer.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.vision.model.KnownDistances;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * All that was measured of one model on one data set: what {@code evaluation.json} holds. Shares are from 0 to 1; what was not
 * measured is null.
 *
 * @param dataset what the data set is called among the model's metrics
 * @param labels the data set's classes, K
 * @param confusion how often class i (row) was called class j (column), {@code [K, K]}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Measurements(
        String dataset,
        List<String> labels,
        int examples,
        Double top1,
        Double top5,
        List<ClassScore> classes,
        List<List<Integer>> confusion,
        Calibration calibration,
        Conformal conformal,
        Outsiders outsiders,
        List<FewShot> fewShot,
        Double neighbours,
        List<Robustness> robustness,
        List<Mistake> worst) {

    /** Of one class; null without such answers. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ClassScore(String label, Double precision, Double recall, int examples) {}

    /**
     * How far confidence can be believed.
     *
     * @param fittedOn examples that the temperature was fitted on; the rest of the figures are of the others
     * @param lossBefore mean negative log-likelihood at temperature 1
     */
    public record Calibration(
            double temperature,
            int fittedOn,
            int measuredOn,
            double lossBefore,
            double lossAfter,
            Reliability before,
            Reliability after) {}

    /** Conformal sets: what they promise, and what they did on {@code measuredOn} others. */
    public record Conformal(ConformalSets sets, ConformalSets.Outcome outcome, int measuredOn) {}

    /**
     * Squared Mahalanobis distances to the nearest class, of the data set.
     *
     * @param median of the data set
     * @param most what 95 % of the data set stay under
     * @param areaUnderCurve of telling apart the pictures from outside; null when none were given
     * @param outside how many those were
     * @param known what known pictures stay under, chosen on a quarter of the data set; null when that is too small
     * @param beyond the share of another quarter that is beyond each of these limits
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Outsiders(
            double median,
            double most,
            Double areaUnderCurve,
            int outside,
            KnownDistances known,
            List<Double> beyond) {}

    /** A head from {@code shots} examples a class: accuracy over the seeds. */
    public record FewShot(int shots, double mean, double least, double most) {}

    /** Top-1 on spoilt pictures. */
    public record Robustness(Corruption corruption, List<Double> top1) {}

    /** An answer that was wrong and sure. */
    public record Mistake(int index, String label, String called, double probability) {}

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Writes those of all data sets. */
    public static void write(Path file, List<Measurements> all) throws IOException {
        JSON.writeValue(file.toFile(), all);
    }

    /** Reads what {@link #write} wrote. */
    public static List<Measurements> read(Path file) throws IOException {
        return List.of(JSON.readValue(file.toFile(), Measurements[].class));
    }
}
