package io.patchstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void shouldNameTheRightFlagForAWrongOne() {
        assertThat(run("--kafka-prt=1")).isEqualTo(2);
        assertThat(err.toString()).contains("--kafka-prt", "--kafka-port");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldRefuseAPortThatIsNone() {
        assertThat(run("--registry-port=65536")).isEqualTo(2);
        assertThat(err.toString()).contains("65536", "between 1 and 65535");
    }

    @Test
    void shouldRefuseABrokerPropertyThatIsOurs() {
        assertThat(run("--broker-set=listeners=PLAINTEXT://0.0.0.0:9092")).isEqualTo(2);
        assertThat(err.toString()).contains("Broker property listeners cannot be set");
    }

    @Test
    void shouldFailWithOneSentenceWhenThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(Loopback.at(0));

            assertThat(run("--kafka-port=" + taken.getLocalPort())).isEqualTo(1);

            assertThat(err.toString().strip())
                    .startsWith("Port " + taken.getLocalPort() + " on 127.0.0.1 is in use")
                    .hasLineCount(1);
            assertThat(out.toString()).isEmpty();
        }
    }

    @Test
    void shouldExplainItself() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--kafka-port", "--registry-port", "--data-dir", "--broker-set", "READY");
    }
}
