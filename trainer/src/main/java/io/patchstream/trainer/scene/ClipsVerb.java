package io.patchstream.trainer.scene;

import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.scene.ClipMaker.Container;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code clips}: films the demo's clips. */
@Command(
        name = "clips",
        mixinStandardHelpOptions = true,
        description =
                "Films the demo's clips: test items of a data set on a conveyor belt, with the truth of each frame.")
public final class ClipsVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Where t10k-images-idx3-ubyte[.gz] and its labels are.")
    private Path data;

    @Option(names = "--out", defaultValue = "demo/clips", paramLabel = "DIR", description = "Where the clips go.")
    private Path out;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Which items appear.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        PrintWriter report = spec.commandLine().getOut();
        ClipMaker maker = new ClipMaker(IdxDataset.read(data, IdxDataset.Split.TEST), seed);
        for (CameraScript camera : ClipMaker.CAMERAS) {
            Container container = ClipMaker.CAMERAS.indexOf(camera) % 4 < 2 ? Container.MP4 : Container.ZIP;
            maker.film(camera, container, out);
            report.printf("%s: %d frames, %s%n", camera.name(), camera.frames(), container);
            report.flush();
        }
        return 0;
    }
}
