package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Manifest;
import io.patchstream.trainer.train.PseudoLabels.PseudoLabel;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.util.List;

/** Labelled pictures, and after them unlabelled ones with the classes that a teacher gave them. */
final class PseudoLabelled implements Dataset {
    private final Dataset labelled;
    private final Dataset unlabelled;
    private final List<PseudoLabel> chosen;

    PseudoLabelled(Dataset labelled, Dataset unlabelled, List<PseudoLabel> chosen) {
        this.labelled = labelled;
        this.unlabelled = unlabelled;
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
        for (PseudoLabel each : chosen) {
            manifest.add(each.index() + ":" + each.label());
        }
        return manifest.sha256();
    }
}
