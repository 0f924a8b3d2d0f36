package io.patchstream.stream;

import java.util.Arrays;
import java.util.List;

/** Chooses the log's format before anything logs, and so before the command line is taken apart. */
final class LogFormat {
    private static final String OPTION = "--log-format";
    private static final String LOGBACK = "logback.configurationFile";

    private LogFormat() {}

    /** A file that the user named stays. */
    static void choose(String... arguments) {
        if (asksForJson(Arrays.asList(arguments)) && System.getProperty(LOGBACK) == null) {
            System.setProperty(LOGBACK, "logback-json.xml");
        }
    }

    static boolean asksForJson(List<String> arguments) {
        int at = arguments.indexOf(OPTION);
        boolean apart =
                at >= 0 && at + 1 < arguments.size() && arguments.get(at + 1).equalsIgnoreCase("json");
        return apart || arguments.stream().anyMatch((OPTION + "=json")::equalsIgnoreCase);
    }
}
