package io.patchstream.trainer.export;

import io.patchstream.trainer.model.TrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The forms in which others can read what is trained here. All hold float32, bit by bit as trained. */
enum ForeignForm {
    /** {@code model.safetensors} by timm's names and {@code model.json}: every model, as {@code train --set from=} reads it. */
    SAFETENSORS {
        @Override
        List<String> write(TrainedModel model, Path folder) throws IOException {
            model.write(folder);
            return List.of();
        }
    },
    /** What {@code timm.create_model("local-dir:DIR", pretrained=True)} loads. */
    TIMM {
        @Override
        List<String> write(TrainedModel model, Path folder) throws IOException {
            ForeignFiles files = TimmForm.of(model);
            files.write(folder);
            return files.notes();
        }
    },
    /** What {@code AutoModelForImageClassification.from_pretrained(DIR)} loads. */
    HF {
        @Override
        List<String> write(TrainedModel model, Path folder) throws IOException {
            ForeignFiles files = HuggingFaceForm.of(model);
            files.write(folder);
            return files.notes();
        }
    };

    /**
     * Writes a model into a folder.
     *
     * @return what the reader does not do quite as the model does
     * @throws ExportException when the form has no place for the model; nothing is written
     */
    abstract List<String> write(TrainedModel model, Path folder) throws IOException;

    /** By its name on the command line, in lower case. */
    static Optional<ForeignForm> named(String name) {
        return Stream.of(values())
                .filter(form -> form.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }
}
