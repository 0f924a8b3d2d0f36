package io.patchstream.stream.run;

import java.util.Arrays;
import java.util.List;

/** How the log on standard error is written: {@value #OPTION} of every verb that takes settings. */
public enum LogFormat {
    TEXT,
    JSON;

    static final String OPTION = "--log-format";
    private static final String LOGBACK = "logback.configurationFile";

    /**
     * Chooses before anything logs, and so before the command line is taken apart, which refuses what is no format. A file
     * that the user named stays.
     */
    public static void choose(String... arguments) {
        if (asksForJson(Arrays.asList(arguments)) && System.getProperty(LOGBACK) == null) {
            System.setProperty(LOGBACK, "logback-json.xml");
        }
    }

    static boolean asksForJson(List<String> arguments) {
        int at = arguments.indexOf(OPTION);
        boolean apart =
                at >= 0 && at + 1 < arguments.size() && arguments.get(at + 1).equalsIgnoreCase(JSON.name());
        return apart || arguments.stream().anyMatch((OPTION + "=" + JSON)::equalsIgnoreCase);
    }
}
