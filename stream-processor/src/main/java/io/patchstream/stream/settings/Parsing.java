package io.patchstream.stream.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From a setting's text to the type of its record component. */
final class Parsing {
    private static final Pattern QUANTITY = Pattern.compile("([+-]?[0-9]+) ?([A-Za-z]*)");

    private Parsing() {}

    /** Reads {@code text}; an {@link IllegalArgumentException} carries the rule that it breaks, as "must be …" goes on. */
    static Object parse(Type type, String text) {
        String trimmed = text.trim();
        if (type instanceof ParameterizedType list) {
            Type element = list.getActualTypeArguments()[0];
            return Arrays.stream(trimmed.split(",", -1))
                    .map(String::trim)
                    .filter(item -> !item.isEmpty())
                    .map(item -> parse(element, item))
                    .toList();
        }
        if (type == String.class) {
            return trimmed;
        } else if (type == boolean.class) {
            return parseBoolean(trimmed);
        } else if (type == int.class) {
            return Math.toIntExact(rule("a whole number", () -> Long.valueOf(trimmed)));
        } else if (type == long.class) {
            return bytes(trimmed);
        } else if (type == double.class) {
            return rule("a number", () -> Double.valueOf(trimmed));
        } else if (type == Duration.class) {
            return duration(trimmed);
        } else if (type == Path.class) {
            try {
                return Path.of(trimmed.replace("${java.io.tmpdir}", System.getProperty("java.io.tmpdir")));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("a path", e);
            }
        } else if (type == RulesFile.class) {
            return trimmed.isEmpty() ? RulesFile.NONE : new RulesFile(trimmed);
        } else if (type instanceof Class<?> choice && choice.isEnum()) {
            return choice(choice, trimmed);
        }
        throw new IllegalStateException("no setting can be of type " + type);
    }

    /** How a type's values are written, for a reader. */
    static String describe(Type type) {
        if (type instanceof ParameterizedType list) {
            return "list of " + describe(list.getActualTypeArguments()[0]);
        } else if (type == String.class) {
            return "text";
        } else if (type == boolean.class) {
            return "true or false";
        } else if (type == int.class) {
            return "whole number";
        } else if (type == long.class) {
            return "size, such as 512KiB or 16MiB";
        } else if (type == double.class) {
            return "number";
        } else if (type == Duration.class) {
            return "duration, such as 500ms, 10s or 2m";
        } else if (type == Path.class || type == RulesFile.class) {
            return "path";
        } else if (type instanceof Class<?> choice && choice.isEnum()) {
            return String.join(", ", choices(choice));
        }
        throw new IllegalStateException("no setting can be of type " + type);
    }

    private static boolean parseBoolean(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(text);
        }
        throw new IllegalArgumentException("true or false");
    }

    private static long bytes(String text) {
        String rule = "a size, such as 1048576, 512KiB or 16MiB";
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(rule);
        }
        long unit = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "k", "kib" -> 1L << 10;
            case "m", "mib" -> 1L << 20;
            case "g", "gib" -> 1L << 30;
            default -> throw new IllegalArgumentException(rule);
        };
        return rule(rule, () -> Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    }

    private static Duration duration(String text) {
        String rule = "a duration, such as 500ms, 10s, 2m or PT1.5S";
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(rule, e);
            }
        }
        long amount = rule(rule, () -> Long.valueOf(matcher.group(1)));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m", "min" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> throw new IllegalArgumentException(rule);
        };
    }

    /** A duration as a user would write it. */
    static String written(Duration duration) {
        if (duration.getNano() % 1_000_000 != 0) {
            return duration.toString();
        } else if (duration.getNano() != 0) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        return seconds == 0 || seconds % 60 != 0
                ? seconds + "s"
                : seconds % 3600 != 0 ? seconds / 60 + "m" : seconds / 3600 + "h";
    }

    private static Object choice(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (spelling(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("one of " + String.join(", ", choices(type)));
    }

    private static List<String> choices(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(Parsing::spelling).toList();
    }

    private static String spelling(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T> T rule(String rule, java.util.function.Supplier<T> parse) {
        try {
            return parse.get();
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }
}
