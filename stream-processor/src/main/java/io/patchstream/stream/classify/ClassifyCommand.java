package io.patchstream.stream.classify;

import io.patchstream.stream.engine.DemoModel;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code classify}: labels for image files. Exit code 1 when one of them has none. */
@Command(
        name = "classify",
        mixinStandardHelpOptions = true,
        description = {
            "Labels for files, without Kafka: JPEG, PNG, WebP, BMP, and each picture of short H.264 or H.265 clips.",
            "Folders stand for the files of these kinds in them. Answers go to standard output, in the order of the files;",
            "what could not be answered goes to standard error, and the exit code is then 1."
        })
public final class ClassifyCommand implements Callable<Integer> {
    /** How many files are under way at a time: their bytes are read when their turn comes. */
    private static final int AHEAD = 256;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "FILE", description = "The model's ONNX file; by default the demo's.")
    private Path model;

    @Option(names = "--top", paramLabel = "K", defaultValue = "5", description = "How many labels (${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--json", description = "One JSON object per file and line, errors too.")
    private boolean json;

    @Option(
            names = "--unchecked",
            description = "Take a model that has no golden frames beside it, and so cannot be checked.")
    private boolean unchecked;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Pictures, and folders of pictures.")
    private List<Path> files;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (top < 1) {
            throw new ParameterException(spec.commandLine(), "--top is " + top + "; it must be at least 1");
        }
        List<Path> expanded = PictureFiles.expand(files);
        if (expanded.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "there is no picture in " + files);
        }
        EngineSettings settings = EngineSettings.defaults().withTopK(top).withGoldenRequired(!unchecked);
        AnswerWriter answers =
                new AnswerWriter(spec.commandLine().getOut(), spec.commandLine().getErr(), json);
        try (LookAheadEngine engine = LookAheadEngine.open(model == null ? DemoModel.locate() : model, settings)) {
            return classify(engine, expanded, answers) ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    /** One file that is under way. */
    private record UnderWay(Path file, FrameTicket ticket) {}

    private static boolean classify(FrameEngine engine, List<Path> files, AnswerWriter answers)
            throws InterruptedException {
        FrameSource source = new FrameSource(Thread.currentThread().getName(), "files", 0);
        Iterator<Path> next = files.iterator();
        ArrayDeque<UnderWay> underWay = new ArrayDeque<>();
        boolean all = true;
        while (next.hasNext() || !underWay.isEmpty()) {
            while (next.hasNext() && underWay.size() < AHEAD) {
                Path file = next.next();
                underWay.add(new UnderWay(file, engine.submit(source, PictureFiles.reader(file))));
            }
            UnderWay first = underWay.remove();
            all &= answers.write(first.file, engine.await(first.ticket));
        }
        return all;
    }
}
