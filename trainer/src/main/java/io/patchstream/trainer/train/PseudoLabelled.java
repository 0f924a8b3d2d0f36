package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Manifest;
import io.patchstream.trainer.train.PseudoLabels.PseudoLabel;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Labelled pictures, and after them unlabelled ones with what a teacher says of them. */
final class PseudoLabelled implements Dataset {
    private final Dataset labelled;
    private final Dataset unlabelled;
    private final PseudoLabels teacher;
    private final PseudoLabels.Kind kind;
    private final List<PseudoLabel> chosen;

    /**
     * @param teacher what it says of {@code unlabelled}
     * @param kind how much of that is told
     * @param chosen of which pictures
     */
    PseudoLabelled(
            Dataset labelled,
            Dataset unlabelled,
            PseudoLabels teacher,
            PseudoLabels.Kind kind,
            List<PseudoLabel> chosen) {
        this.labelled = labelled;
        this.unlabelled = unlabelled;
        this.teacher = teacher;
        this.kind = kind;
        this.chosen = List.copyOf(chosen);
    }

    @Override
    public int size() {
        return labelled.size() + chosen.size();
    }

    @Override
    public int label(int index) {
        return index < labelled.size()
                ? labelled.label(index)
                : chosen.get(index - labelled.size()).label();
    }

    @Override
    public void target(int index, float[] targets, int from) {
        if (index < labelled.size()) {
            labelled.target(index, targets, from);
        } else if (kind == PseudoLabels.Kind.SOFT) {
            teacher.probabilities(chosen.get(index - labelled.size()).index(), targets, from);
        } else {
            Dataset.super.target(index, targets, from);
        }
    }

    @Override
    public List<String> labels() {
        return labelled.labels();
    }

    @Override
    public RgbImage image(int index, long variation) throws IOException {
        return index < labelled.size()
                ? labelled.image(index, variation)
                : unlabelled.image(chosen.get(index - labelled.size()).index(), variation);
    }

    @Override
    public String manifestSha256() throws IOException {
        Manifest manifest = new Manifest().add(labelled.manifestSha256()).add(unlabelled.manifestSha256());
        float[] target = new float[labels().size()];
        for (int i = 0; i < chosen.size(); i++) {
            target(labelled.size() + i, target, 0);
            manifest.add(chosen.get(i).index() + ":" + Arrays.toString(target));
        }
        return manifest.sha256();
    }
}
