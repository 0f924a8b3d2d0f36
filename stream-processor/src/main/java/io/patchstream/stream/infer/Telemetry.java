package io.patchstream.stream.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What ONNX Runtime tells its makers of us: nothing. Its official builds of 1.29 have Microsoft's collector in them, on
 * Linux and macOS too, and on by default. There only the environment, read when the library is loaded, keeps it from
 * starting; the API that Java has merely stops some of its events. The launcher sets {@value #VARIABLE}.
 */
final class Telemetry {
    /** Set to 1 before the library is loaded, it is not started at all: no thread, no file, no connection. */
    static final String VARIABLE = "ORT_DISABLE_TELEMETRY";

    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);

    private Telemetry() {}

    /** Switches off what can be switched off here, and says so where that is not all. */
    static void off(OrtEnvironment environment) throws OrtException {
        environment.setTelemetry(false);
        if (!isOff(System.getenv(VARIABLE), System.getProperty("os.name"))) {
            LOG.atWarn()
                    .log(
                            "ONNX Runtime may report to its makers over the network: it was loaded without {}=1 in the"
                                    + " environment of this process; set that, or start by ./patchstream, which does",
                            VARIABLE);
        }
    }

    /** Whether nothing can be sent. On Windows the API is all there is, and enough. */
    static boolean isOff(String variable, String operatingSystem) {
        return "1".equals(variable) || operatingSystem.toLowerCase(Locale.ROOT).startsWith("windows");
    }
}
