package io.patchstream.stream.operate;

import io.patchstream.stream.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** What a verb said, and its exit code. */
public record Verb(int exitCode, String text) {
    public static Verb run(Map<String, String> settings, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        settings.forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        return new Verb(line.execute(all.toArray(String[]::new)), out.toString());
    }
}
