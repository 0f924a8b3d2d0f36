package io.patchstream.bench;

import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.PictureDecoder;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.SegmentEncoder;
import io.patchstream.vision.video.VideoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench decode}: from encoded bytes to the model's input on one thread, beside OpenCV and Pillow. */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        description = {
            "From encoded bytes to 224 x 224 pixels on one thread: JPEG of 1920 x 1080 and 500 x 375 and H.264 of",
            "1920 x 1080, beside OpenCV's INTER_AREA, which is not exact, and Pillow, which ours equals bit for bit."
        })
final class DecodeBench implements Callable<Integer> {
    private static final int SIDE = 224;
    private static final int SEGMENT = 30;
    private static final int QUANTISER = 26;

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--millis",
            paramLabel = "MS",
            defaultValue = "500",
            description = "Milliseconds of each measurement of a round (${DEFAULT-VALUE}).")
    private int millis;

    @Option(
            names = "--isolation",
            description = "Only this: what decode.isolation=process takes beside decoding in the process.")
    private boolean isolation;

    @Option(names = "--python", paramLabel = "FILE", description = "A Python with Pillow, to measure that too.")
    private Path python;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    @Override
    public Integer call() throws Exception {
        Report report = new Report("decode", spec.commandLine().getOut());
        byte[] large = jpeg(1080, 1920);
        byte[] small = jpeg(375, 500);
        byte[] presized = jpeg(SIDE, SIDE);
        byte[] segment = segment();
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("jpeg_1080p", large.length);
        sizes.put("jpeg_500x375", small.length);
        sizes.put("jpeg_224x224", presized.length);
        sizes.put("h264_1080p_per_picture", segment.length / SEGMENT);
        report.put("bytes", sizes);
        report.say("bytes: %s", sizes);

        Preprocessing bicubic = Preprocessing.squash(SIDE, Interpolation.BICUBIC);
        Preprocessing bilinear = Preprocessing.squash(SIDE, Interpolation.BILINEAR);
        if (isolation) {
            Map<String, byte[]> payloads = new LinkedHashMap<>();
            payloads.put("JPEG 1080p", large);
            payloads.put("JPEG 224x224", presized);
            payloads.put("H.264 1080p, a segment of " + SEGMENT, segment);
            try (IsolationCost cost = new IsolationCost(bicubic)) {
                cost.measure(report, payloads, rounds, Duration.ofMillis(millis));
            }
            report.write(json);
            return 0;
        }
        Rounds work = new Rounds(rounds, Duration.ofMillis(millis));
        DecodeLimits limits = DecodeLimits.defaults();
        try (PictureDecoder exact = new PictureDecoder(bicubic, limits, DecodeScale.FULL);
                PictureDecoder exactBilinear = new PictureDecoder(bilinear, limits, DecodeScale.FULL);
                PictureDecoder half = new PictureDecoder(bicubic, limits, DecodeScale.HALF);
                PictureDecoder quarter = new PictureDecoder(bicubic, limits, DecodeScale.QUARTER);
                OpenCvPeer openCv = new OpenCvPeer(SIDE)) {
            work.add("JPEG 1080p, exact bicubic", ours(exact, large, PictureFormat.JPEG));
            work.add("JPEG 1080p, exact bilinear", ours(exactBilinear, large, PictureFormat.JPEG));
            work.add("JPEG 1080p, half scale", ours(half, large, PictureFormat.JPEG));
            work.add("JPEG 1080p, quarter scale", ours(quarter, large, PictureFormat.JPEG));
            work.add("JPEG 1080p, OpenCV INTER_AREA", openCv(openCv, large));
            work.add("JPEG 500x375, exact bicubic", ours(exact, small, PictureFormat.JPEG));
            work.add("JPEG 500x375, OpenCV INTER_AREA", openCv(openCv, small));
            work.add("JPEG 224x224, nothing to resize", ours(exact, presized, PictureFormat.JPEG));
            work.add("JPEG 224x224, OpenCV", openCv(openCv, presized));
            work.add("H.264 1080p, exact bicubic", ours(exact, segment, PictureFormat.H264));
            report.table("decode to 224 x 224", work.run());
        }
        if (python != null) {
            pillow(report, Map.of("JPEG 1080p", large, "JPEG 500x375", small));
        }
        report.write(json);
        return 0;
    }

    private static Rounds.Work ours(PictureDecoder decoder, byte[] encoded, PictureFormat format) {
        return decoding(decoder, List.of(ByteBuffer.wrap(encoded)), format, SIDE * SIDE * 3);
    }

    /** Decodes payloads in turn, on the thread that works. */
    static Rounds.Work decoding(
            PictureDecoder decoder, List<ByteBuffer> payloads, PictureFormat format, int pictureBytes) {
        ByteBuffer slot = ByteBuffer.allocateDirect(pictureBytes);
        Optional<PictureFormat> known = Optional.of(format);
        return deadline -> {
            long pictures = 0;
            int next = 0;
            do {
                pictures += decoder.decode(payloads.get(next++ % payloads.size()), known, slot::clear);
            } while (System.nanoTime() < deadline);
            return pictures;
        };
    }

    private static Rounds.Work openCv(OpenCvPeer peer, byte[] encoded) {
        return deadline -> {
            long pictures = 0;
            do {
                peer.decode(encoded);
                pictures++;
            } while (System.nanoTime() < deadline);
            return pictures;
        };
    }

    private void pillow(Report report, Map<String, byte[]> pictures) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("patchstream-bench");
        try {
            PillowPeer peer = new PillowPeer(python, folder);
            Map<String, Object> figures = new LinkedHashMap<>();
            for (Map.Entry<String, byte[]> picture : pictures.entrySet()) {
                Path file = Files.write(folder.resolve("picture.jpg"), picture.getValue());
                double[] millisEach = new double[rounds];
                String version = "";
                for (int i = 0; i < rounds; i++) {
                    PillowPeer.Figures round = peer.measure(file, SIDE, millis / 1000.0);
                    millisEach[i] = round.cpuMillis();
                    version = round.version();
                }
                double median = Rounds.median(millisEach);
                report.say("%-44s %12s %14.2f", picture.getKey() + ", Pillow " + version, "", median);
                figures.put(picture.getKey(), median);
                figures.put("version", version);
            }
            report.put("pillow_cpu_ms", figures);
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private static byte[] jpeg(int height, int width) throws VideoException {
        try (JpegEncoder encoder = new JpegEncoder(90)) {
            return encoder.encode(Photographs.paint(height, width, 1));
        }
    }

    private static byte[] segment() throws VideoException {
        List<RgbImage> pictures = new ArrayList<>();
        for (int i = 0; i < SEGMENT; i++) {
            pictures.add(Photographs.paint(1080, 1920, 2, 3 * i));
        }
        try (SegmentEncoder encoder = new SegmentEncoder(1920, 1080, 30, QUANTISER)) {
            return encoder.encode(pictures);
        }
    }
}
