package io.patchstream.bench.documents;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParseResult;

/** The command line as {@code ./patchstream} hands it on: each verb to the program that has it. */
final class Verbs {
    private static final Pattern PLACEHOLDER = Pattern.compile("[A-Z][A-Z-]*");

    /** A fresh program for a verb: what parsed once keeps what it was given. */
    private static CommandLine program(List<String> arguments) {
        CommandLine program = switch (arguments.get(0)) {
            case "local" -> io.patchstream.local.Main.commandLine();
            case "bench" -> io.patchstream.bench.Main.commandLine();
            default ->
                isTrainers(arguments)
                        ? io.patchstream.trainer.Main.commandLine()
                        : io.patchstream.stream.Main.commandLine();
        };
        number(program, Integer.class, int.class, Integer::valueOf);
        number(program, Long.class, long.class, Long::valueOf);
        number(program, Double.class, double.class, Double::valueOf);
        return program;
    }

    /** Where a number is due, a manual writes N. */
    private static <T> void number(CommandLine program, Class<T> boxed, Class<T> primitive, ITypeConverter<T> read) {
        ITypeConverter<T> lenient =
                text -> read.convert(PLACEHOLDER.matcher(text).matches() ? "1" : text);
        program.registerConverter(boxed, lenient);
        program.registerConverter(primitive, lenient);
    }

    /** The class whose {@code main} has the verb, and what it is given of the words behind {@code ./patchstream}. */
    static Started started(List<String> arguments) {
        String verb = arguments.get(0);
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (verb) {
            case "local" -> new Started(io.patchstream.local.Main.class, rest);
            case "bench" -> new Started(io.patchstream.bench.Main.class, rest);
            default ->
                new Started(
                        isTrainers(arguments) ? io.patchstream.trainer.Main.class : io.patchstream.stream.Main.class,
                        arguments);
        };
    }

    /** What the launcher starts. */
    record Started(Class<?> main, List<String> arguments) {}

    private static Set<String> trainer() {
        return io.patchstream.trainer.Main.commandLine().getSubcommands().keySet();
    }

    /** Both programs have {@code data}; what reads topics stands with the stream processor. */
    private static boolean isTrainers(List<String> arguments) {
        CommandLine streams =
                io.patchstream.stream.Main.commandLine().getSubcommands().get(arguments.get(0));
        return trainer().contains(arguments.get(0))
                && (streams == null
                        || arguments.size() < 2
                        || !streams.getSubcommands().containsKey(arguments.get(1)));
    }

    /** Every verb that some program has. */
    Set<String> all() {
        Set<String> all = new TreeSet<>(trainer());
        all.addAll(io.patchstream.stream.Main.commandLine().getSubcommands().keySet());
        all.addAll(List.of("local", "bench"));
        return all;
    }

    /** The verbs that the launcher names in its help. */
    Set<String> ofLauncher() {
        Set<String> verbs = new TreeSet<>();
        Matcher matcher = Pattern.compile("(?m)^  \\./patchstream ([\\w-]+)")
                .matcher(Repository.text(Repository.ROOT.resolve("patchstream")));
        while (matcher.find()) {
            verbs.add(matcher.group(1));
        }
        return verbs;
    }

    boolean isRecipeVerb(List<String> arguments) {
        return isTrainers(arguments);
    }

    /**
     * Parses what stands behind {@code ./patchstream}, and runs nothing.
     *
     * @return the settings that it gives by {@code --set}
     * @throws CommandLine.ParameterException when the program would not take it
     */
    Map<String, String> parse(List<String> arguments) {
        String verb = arguments.get(0);
        if (!all().contains(verb) && !verb.matches("help|-h|--help")) {
            throw new CommandLine.ParameterException(
                    new CommandLine(CommandLine.Model.CommandSpec.create()), "there is no verb " + verb);
        }
        boolean alone = verb.equals("local") || verb.equals("bench");
        CommandLine program = program(arguments);
        List<String> handed = alone ? arguments.subList(1, arguments.size()) : arguments;
        if (isNameAlone(program, handed)) {
            return Map.of();
        }
        ParseResult parsed = program.parseArgs(handed.toArray(String[]::new));
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        return parsed.commandSpec().findOption("--set") == null
                ? Map.of()
                : new LinkedHashMap<>(parsed.matchedOptionValue("--set", Map.<String, String>of()));
    }

    /** Prose may speak of a verb by its name alone, though it needs options. */
    private static boolean isNameAlone(CommandLine program, List<String> words) {
        CommandLine at = program;
        for (String word : words) {
            at = at.getSubcommands().get(word);
            if (at == null) {
                return false;
            }
        }
        return true;
    }
}
