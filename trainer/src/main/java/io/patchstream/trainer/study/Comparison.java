package io.patchstream.trainer.study;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Who of two is ahead where.
 *
 * @param stretches by rising x, the one ahead alternating; none when the curves share no x, or are equal
 */
public record Comparison(Curve first, Curve second, List<Stretch> stretches) {
    /** How many standard errors of the difference are no chance. */
    private static final double CLEAR = 2;

    /**
     * A stretch of x on which one is ahead.
     *
     * @param ahead the curve's name
     * @param from where the curves cross, or where both have points
     * @param to where they cross again, or where both have points
     * @param most the largest lead in accuracy at a measured x
     * @param clear whether some lead is more than two standard errors
     */
    public record Stretch(String ahead, double from, double to, double most, boolean clear) {}

    /** At each measured x that both have, and between those where the lines cross. */
    public static Comparison of(Curve first, Curve second) {
        TreeSet<Double> places = new TreeSet<>();
        double from = Math.max(first.from(), second.from());
        double to = Math.min(first.to(), second.to());
        List.of(first, second).forEach(curve -> curve.points().forEach(point -> places.add(point.x())));
        if (from <= to) {
            places.add(from);
            places.add(to);
        }
        places.removeIf(x -> x < from || x > to);
        List<Stretch> stretches = new ArrayList<>();
        double lastX = from;
        double lastLead = 0;
        for (double x : places) {
            Curve.Point a = first.at(x);
            Curve.Point b = second.at(x);
            double lead = a.y() - b.y();
            if (lead != 0) {
                boolean clear = Math.abs(lead) > CLEAR * Math.hypot(a.error(), b.error());
                Stretch here = new Stretch(lead > 0 ? first.name() : second.name(), x, x, Math.abs(lead), clear);
                add(stretches, here, lastX, lastLead, lead);
            }
            lastX = x;
            lastLead = lead;
        }
        if (!stretches.isEmpty()) {
            Stretch end = stretches.remove(stretches.size() - 1);
            stretches.add(new Stretch(end.ahead(), end.from(), to, end.most(), end.clear()));
        }
        return new Comparison(first, second, List.copyOf(stretches));
    }

    private static void add(List<Stretch> stretches, Stretch here, double lastX, double lastLead, double lead) {
        Stretch last = stretches.isEmpty() ? null : stretches.remove(stretches.size() - 1);
        if (last == null) {
            stretches.add(new Stretch(here.ahead(), lastX, here.to(), here.most(), here.clear()));
        } else if (last.ahead().equals(here.ahead())) {
            stretches.add(new Stretch(
                    last.ahead(),
                    last.from(),
                    here.to(),
                    Math.max(last.most(), here.most()),
                    last.clear() || here.clear()));
        } else {
            double share = lastLead / (lastLead - lead);
            double crossing = lastX * Math.pow(here.from() / lastX, share);
            stretches.add(new Stretch(last.ahead(), last.from(), crossing, last.most(), last.clear()));
            stretches.add(new Stretch(here.ahead(), crossing, here.to(), here.most(), here.clear()));
        }
    }

    /** Where the lines cross; not where they touch. */
    public List<Double> crossings() {
        return stretches.stream().skip(1).map(Stretch::from).toList();
    }
}
