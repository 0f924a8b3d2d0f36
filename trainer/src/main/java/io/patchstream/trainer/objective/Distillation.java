package io.patchstream.trainer.objective;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import java.util.List;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Learning from another model (Hinton et al. 2015): {@code (1 - w) loss(targets) + w T^2 KL(teacher || student)}, both at
 * temperature T. The teacher sees the very pixels that the student sees, augmentation included (Beyer et al. 2022), and
 * does not learn.
 *
 * <p>Owns the teacher's memory.
 */
public final class Distillation implements Objective, AutoCloseable {
    private final Student student;
    private final VisionTransformer teacher;
    private final Precision precision;
    private final LossKind loss;
    private final double weight;
    private final double temperature;

    /**
     * Loads the teacher; the caller closes the objective.
     *
     * @param student the model in training; borrowed
     * @param config its architecture
     * @param weight w, from 0 to 1
     * @param temperature T, over 0
     * @throws IllegalArgumentException when teacher and student do not see the same pixels or name other classes
     */
    @MustBeClosed
    public Distillation(
            Student student,
            ModelConfig config,
            TrainedModel teacher,
            List<String> labels,
            Precision precision,
            LossKind loss,
            double weight,
            double temperature) {
        if (!teacher.labels().equals(labels)) {
            throw new IllegalArgumentException(
                    "the teacher names " + teacher.labels() + "; this training's classes are " + labels);
        }
        if (teacher.config().imageSize() != config.imageSize()) {
            throw new IllegalArgumentException("the teacher takes pictures of "
                    + teacher.config().imageSize() + " pixels; this model of "
                    + config.imageSize());
        }
        this.student = student;
        this.precision = precision;
        this.loss = loss;
        this.weight = weight;
        this.temperature = temperature;
        this.teacher = new VisionTransformer(teacher.config(), teacher.parameters());
    }

    @Override
    public Result of(Batch batch) {
        Tensor pixels = Pixels.of(batch.pixels(), batch.size(), batch.side(), batch.side());
        Tensor targets = Pixels.targets(batch.targets(), batch.size());
        Tensor wanted = teacherProbabilities(pixels); // [B, K]
        Tensor logits = student.logits(batch); // [B, K]
        Tensor said = torch.log_softmax(logits.div(new Scalar(temperature)), 1);
        Tensor divergence = wanted.mul(wanted.log().sub(said)).sum().div(new Scalar((double) batch.size()));
        Tensor total = loss.of(logits, targets)
                .mul(new Scalar(1 - weight))
                .add(divergence.mul(new Scalar(weight * temperature * temperature)));
        return new Result(total, Classification.right(logits, batch.labels()));
    }

    private Tensor teacherProbabilities(Tensor pixels) {
        try (AutoGradMode constant = new AutoGradMode(false);
                Autocast cast = Autocast.of(precision)) {
            Tensor logits = teacher.logits(pixels, false).to(torch.ScalarType.Float);
            // A probability of 0 has no logarithm.
            return logits.div(new Scalar(temperature)).softmax(1).clamp_min(new Scalar(1e-12));
        }
    }

    /** Frees the teacher; may be called twice. */
    @Override
    public void close() {
        teacher.close();
    }
}
