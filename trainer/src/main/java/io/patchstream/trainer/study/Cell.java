package io.patchstream.trainer.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What one training gave. Written as a line of CSV, and read to the same values.
 *
 * @param model the contender's name
 * @param examples that it learned from
 * @param steps of training
 * @param batch pictures of a step
 * @param seed of subset, initialisation and order
 * @param parameters of the model
 * @param multiplyAdds of one picture's forward pass
 * @param tested pictures that it was measured on
 * @param top1 accuracy on those, by its own head
 * @param fewShot accuracy of a five-shot linear head on its embeddings; empty where classes have fewer examples
 */
public record Cell(
        String model,
        int examples,
        long steps,
        int batch,
        long seed,
        long parameters,
        long multiplyAdds,
        int tested,
        double top1,
        OptionalDouble fewShot) {
    private static final String HEADER =
            "model,examples,steps,batch,seed,parameters,multiply_adds,training_flops,tested,top1,five_shot";

    /** A backward pass takes twice a forward pass, a multiplication with its addition is two operations. */
    public double trainingFlops() {
        return 6.0 * multiplyAdds * steps * batch;
    }

    String line() {
        return String.join(
                ",",
                model,
                Integer.toString(examples),
                Long.toString(steps),
                Integer.toString(batch),
                Long.toString(seed),
                Long.toString(parameters),
                Long.toString(multiplyAdds),
                Double.toString(trainingFlops()),
                Integer.toString(tested),
                Double.toString(top1),
                fewShot.isPresent() ? Double.toString(fewShot.getAsDouble()) : "");
    }

    static Cell of(String line) {
        String[] cells = line.split(",", -1);
        if (cells.length != 11) {
            throw new IllegalArgumentException("'" + line + "' has not the cells " + HEADER);
        }
        return new Cell(
                cells[0],
                Integer.parseInt(cells[1]),
                Long.parseLong(cells[2]),
                Integer.parseInt(cells[3]),
                Long.parseLong(cells[4]),
                Long.parseLong(cells[5]),
                Long.parseLong(cells[6]),
                Integer.parseInt(cells[8]),
                Double.parseDouble(cells[9]),
                cells[10].isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(cells[10])));
    }

    /** Writes cells with a header. */
    public static void write(List<Cell> cells, Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        cells.forEach(cell -> lines.add(cell.line()));
        Files.write(file, lines);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also when a line has another form; the message says which
     */
    public static List<Cell> read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new IOException(file + " does not begin with " + HEADER);
        }
        List<Cell> cells = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            try {
                cells.add(of(lines.get(i)));
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return cells;
    }
}
