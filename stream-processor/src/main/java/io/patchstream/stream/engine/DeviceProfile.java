package io.patchstream.stream.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.frame.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What was measured of a model on a device, kept in {@code NAME.profile.json} beside {@code NAME.onnx}: an engine that
 * finds it there, and finds that it is of this model and this device, starts with what another one learned.
 *
 * @param format {@value #FORMAT}
 * @param modelSha256 of the model file
 * @param engine the fingerprint of runtime and device
 * @param cores how many the process had
 * @param form the form that gave the most
 * @param serviceCurve what batches take in that form
 * @param forms the forms that were compared
 */
record DeviceProfile(
        int format,
        String modelSha256,
        String engine,
        int cores,
        Form form,
        List<Point> serviceCurve,
        List<Measured> forms) {
    static final int FORMAT = 1;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /**
     * How the cores are divided.
     *
     * @param callers how many threads run batches at a time
     * @param threadsPerCaller how many work on one batch
     */
    record Form(int callers, int threadsPerCaller) {
        @Override
        public String toString() {
            return callers
                    + (callers == 1 ? " caller x " : " callers x ")
                    + threadsPerCaller
                    + (threadsPerCaller == 1 ? " thread" : " threads");
        }
    }

    /**
     * s(b) at one size, in seconds: CPU time where one thread works on a batch on a CPU, else by the clock.
     *
     * @param deviation the mean deviation
     * @param batches how many were measured
     */
    record Point(int batch, double seconds, double deviation, int batches) {}

    /** A form at its best batch size. */
    record Measured(Form form, int batch, double picturesPerSecond) {}

    DeviceProfile {
        // Of a file in which they are not, so that problem() can say so.
        serviceCurve = serviceCurve == null ? List.of() : List.copyOf(serviceCurve);
        forms = forms == null ? List.of() : List.copyOf(forms);
    }

    /** Where the profile of a model lies. */
    static Path fileOf(Path model) {
        String name = String.valueOf(model.getFileName());
        String stem = name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
        return model.resolveSibling(stem + ".profile.json");
    }

    /**
     * The profile beside a model, if there is one.
     *
     * @throws IOException when it cannot be read, or is none; the message says why
     */
    static Optional<DeviceProfile> beside(Path model) throws IOException {
        Path file = fileOf(model);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        DeviceProfile profile;
        try {
            profile = JSON.readValue(Files.readAllBytes(file), DeviceProfile.class);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is no profile: " + e.getOriginalMessage(), e);
        }
        String problem = profile == null ? "it is empty" : profile.problem();
        if (!problem.isEmpty()) {
            throw new IOException(file + " is no profile: " + problem);
        }
        return Optional.of(profile);
    }

    private String problem() {
        if (format != FORMAT) {
            return "format is " + format + "; this version reads " + FORMAT;
        } else if (form == null || form.callers() < 1 || form.threadsPerCaller() < 1) {
            return "form is " + form + "; it must have one caller and one thread at least";
        }
        return serviceCurve.stream()
                .filter(p -> p == null || p.batch < 1 || !(p.seconds > 0) || !(p.deviation >= 0))
                .findFirst()
                .map(p -> "service_curve has " + p + "; batch and seconds must be above 0, deviation not below")
                .orElse(serviceCurve.isEmpty() ? "service_curve is empty" : "");
    }

    /** Writes it beside the model, whole or not at all. */
    void writeBeside(Path model) throws IOException {
        Path file = fileOf(model);
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        Files.write(part, JSON.writeValueAsBytes(this));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Why it says nothing of this engine; empty when it does. */
    String mismatch(ServedModel served, int threadsPerCaller) {
        int here = Runtime.getRuntime().availableProcessors();
        if (!modelSha256.equals(served.sha256())) {
            return "it is of another model, " + modelSha256;
        } else if (!engine.equals(served.engine())) {
            return "it is of another device, " + engine;
        } else if (cores != here) {
            return "it was measured on " + cores + " cores; there are " + here;
        } else if (form.threadsPerCaller() != threadsPerCaller) {
            return "it was measured with " + form + "; threads for a batch are set to " + threadsPerCaller;
        }
        return "";
    }

    /** Gives the curve what was measured, as far as it goes. */
    void teach(ServiceCurve curve, int maxBatch) {
        serviceCurve.stream()
                .filter(point -> point.batch <= maxBatch)
                .forEach(point -> curve.learn(point.batch, point.seconds, point.deviation));
    }
}
