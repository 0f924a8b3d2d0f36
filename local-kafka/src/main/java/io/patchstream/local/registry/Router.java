package io.patchstream.local.registry;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what answers a method and a path. A pattern reads {@code GET /subjects/{subject}/versions}; a literal that is
 * added before a variable at the same place wins.
 */
final class Router<T> {

    /** @param variables by name, decoded: a subject may hold a slash */
    record Match<T>(T target, Map<String, String> variables) {}

    private record Route<T>(String method, List<String> pattern, T target) {

        Optional<Map<String, String>> variables(List<String> path) {
            if (path.size() != pattern.size()) {
                return Optional.empty();
            }
            Map<String, String> variables = new HashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String place = pattern.get(i);
                if (place.startsWith("{")) {
                    variables.put(place.substring(1, place.length() - 1), decode(path.get(i)));
                } else if (!place.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }
    }

    private final List<Route<T>> routes = new ArrayList<>();

    void add(String methodAndPattern, T target) {
        String[] parts = methodAndPattern.split(" ", -1);
        routes.add(new Route<>(parts[0], segments(parts[1]), target));
    }

    /** @throws RegistryException 404 for a path that nobody answers, 405 for a method that this path does not know */
    Match<T> find(String method, String rawPath) {
        List<String> path = segments(rawPath);
        boolean pathKnown = false;
        for (Route<T> route : routes) {
            Optional<Map<String, String>> variables = route.variables(path);
            if (variables.isPresent() && route.method().equals(method)) {
                return new Match<>(route.target(), variables.get());
            }
            pathKnown |= variables.isPresent();
        }
        throw pathKnown
                ? new RegistryException(405, "HTTP 405 Method Not Allowed")
                : new RegistryException(404, "HTTP 404 Not Found");
    }

    /** Empty ones fall out, so that a slash at the end or a doubled one does no harm. */
    private static List<String> segments(String rawPath) {
        return Arrays.stream(rawPath.split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }

    private static String decode(String segment) {
        // In a path, unlike in a form, a plus is a plus.
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
