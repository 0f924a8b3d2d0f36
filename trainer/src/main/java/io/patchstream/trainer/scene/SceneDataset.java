package io.patchstream.trainer.scene;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.data.Manifest;
import io.patchstream.vision.RgbImage;
import java.util.List;

/** The demo's world: each item of a grey data set on a conveyor belt, drawn anew for each variation. */
public final class SceneDataset implements Dataset {
    private final IdxDataset items;
    private final ConveyorScene scene;
    private final int frameHeight;

    /**
     * Scenes with these items.
     *
     * @param items of 28 x 28 pixels
     * @param frameHeight of the pictures in pixels; they are 4 to 3
     */
    public SceneDataset(IdxDataset items, int frameHeight) {
        this.items = items;
        this.scene = new ConveyorScene(frameHeight * 4 / 3, frameHeight);
        this.frameHeight = frameHeight;
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public int label(int index) {
        return items.label(index);
    }

    @Override
    public List<String> labels() {
        return items.labels();
    }

    @Override
    public RgbImage image(int index, long variation) {
        return scene.render(items.grey(index), variation);
    }

    @Override
    public RgbImage recorded(int index) {
        return items.image(index, 0);
    }

    @Override
    public String manifestSha256() {
        return new Manifest()
                .add(items.manifestSha256())
                .add("conveyor scene " + frameHeight)
                .sha256();
    }
}
