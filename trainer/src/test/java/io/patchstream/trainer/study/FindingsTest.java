package io.patchstream.trainer.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class FindingsTest {
    @TempDir
    Path folder;

    private static Cell cell(String model, int examples, int steps, long seed, double top1) {
        return new Cell(model, examples, steps, 10, seed, 1, 1000, 10_000, top1, OptionalDouble.empty());
    }

    @Test
    void shouldSayWhatCrossesWhere() throws IOException {
        // Between 100 and 10,000 the lead goes from -0.2 to 0.2: it is 0 in the middle of the logarithms.
        List<Cell> cells = List.of(
                cell("ViT a", 100, 10, 0, 0.3),
                cell("BiT b", 100, 10, 0, 0.5),
                cell("ViT a", 10_000, 10, 0, 0.9),
                cell("BiT b", 10_000, 10, 0, 0.7));

        List<String> lines = Figure.DATA_SIZE.write(cells, folder);

        assertThat(lines)
                .containsExactly("top-1: ViT a and BiT b: BiT b ahead from 100 to 1000 examples by up to 20.0 points;"
                        + " ViT a ahead from 1000 to 10000 examples by up to 20.0 points; crossing at 1000");
        assertThat(Files.readAllLines(folder.resolve("data-size.txt"))).isEqualTo(lines);
        assertThat(Cell.read(folder.resolve("data-size.csv"))).isEqualTo(cells);
    }

    @Test
    void shouldSayThatACrossingInTheNoiseIsNotShown() throws IOException {
        List<Cell> cells = List.of(
                cell("ViT a", 100, 10, 0, 0.499),
                cell("BiT b", 100, 10, 0, 0.5),
                cell("ViT a", 10_000, 10, 0, 0.9),
                cell("BiT b", 10_000, 10, 0, 0.7));

        assertThat(Figure.DATA_SIZE.write(cells, folder).get(0))
                .contains("by up to 0.1 points (within the noise)")
                .endsWith(", not shown: one side is within the noise");
    }

    @Test
    void shouldComparesFamiliesByComputeOfTheirBest() throws IOException {
        // Operations: 6 x 1000 x 10 x steps. BiT takes 100 steps for what ViT does in 1000 to 10: ten times less.
        List<Cell> cells = List.of(
                cell("BiT b", 100, 10, 0, 0.4),
                cell("BiT b", 100, 100, 0, 0.6),
                cell("BiT c", 100, 50, 0, 0.1),
                cell("ViT a", 100, 10, 0, 0.2),
                cell("ViT a", 100, 100, 0, 0.4),
                cell("ViT a", 100, 1000, 0, 0.6));

        assertThat(Figure.SCALING.write(cells, folder))
                .containsExactly(
                        "top-1: BiT and ViT: BiT ahead from 600000 to 6.00e+06 operations by up to 20.0 points; no crossing",
                        "top-1: for 60.0 % ViT takes 10.0 times the compute of BiT");
    }

    @Test
    void shouldTakeSeedsAsOnePoint() {
        Curve curve = Curve.of(
                "a",
                List.of(cell("a", 100, 10, 0, 0.4), cell("a", 100, 10, 1, 0.5), cell("a", 100, 10, 2, 0.6)),
                Cell::examples,
                Cell::top1);

        // Deviation 0.1 of three: 0.1 / sqrt(3); of 10,000 pictures: sqrt(0.25 / 10,000) = 0.005.
        assertThat(curve.points()).hasSize(1);
        assertThat(curve.points().get(0).y()).isCloseTo(0.5, within(1e-12));
        assertThat(curve.points().get(0).error()).isCloseTo(Math.sqrt(0.01 / 3 + 0.000025), within(1e-12));
    }

    @Test
    void shouldDrawEveryPoint() throws Exception {
        List<Cell> cells = new ArrayList<>();
        for (int examples : new int[] {500, 1000, 2000}) {
            cells.add(cell("ViT <a> & co", examples, 10, 0, 0.5));
            cells.add(cell("BiT", examples, 10, 0, 0.6));
        }
        Figure.DATA_SIZE.write(cells, folder);

        String svg = Files.readString(folder.resolve("data-size-top1.svg"));
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        // And one for each in the legend.
        assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(6 + 2);
        assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(document.getDocumentElement().getTextContent())
                .contains("ViT <a> & co", "training examples", "500", "1000", "2000");
        assertThat(Chart.ticks(450, 2300)).containsExactly(500.0, 1000.0, 2000.0);
        assertThat(folder.resolve("data-size-five-shot.svg")).doesNotExist();
    }

    @Test
    void shouldDrawAmountsOnALogarithmicAxis() throws Exception {
        List<Curve> speeds = List.of(new Curve(
                "ViT", List.of(new Curve.Point(100, 0.4, 0), new Curve.Point(200, 4, 0), new Curve.Point(400, 40, 0))));

        String svg = Chart.draw("speed", "pixels", "images a second", Chart.Scale.AMOUNT, speeds, speeds);

        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        NodeList circles = document.getElementsByTagName("circle");
        double[] up = IntStream.range(0, 3)
                .mapToDouble(i -> Double.parseDouble(
                        circles.item(i).getAttributes().getNamedItem("cy").getNodeValue()))
                .toArray();
        assertThat(up[0] - up[1]).isPositive().isCloseTo(up[1] - up[2], within(0.2));
        assertThat(document.getDocumentElement().getTextContent()).contains("0.5", "1", "5", "10");
    }

    @Test
    void shouldRoundToThreeDigits() {
        assertThat(List.of(7.4, 950.4, 1234.0, 56_789.0, 4.5678e12).stream().map(Findings::number))
                .containsExactly("7", "950", "1230", "56800", "4.57e+12");
    }
}
