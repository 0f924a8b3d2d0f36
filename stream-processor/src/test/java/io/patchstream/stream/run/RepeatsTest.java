package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatsTest {
    private static final String AWAY = "Connection to node {} ({}) could not be established.";

    private final AtomicLong nanos = new AtomicLong();
    private final Repeats repeats = new Repeats(nanos::get);
    private final LoggerContext context = new LoggerContext();
    private final Logger client = context.getLogger("org.apache.kafka.clients.NetworkClient");

    private FilterReply decide(Logger logger, Level level, String format) {
        return repeats.decide(null, logger, level, format, null, null);
    }

    @Test
    void shouldLetTheSameWarningOfAllClientsThroughOnceInHalfAMinute() {
        assertThat(decide(client, Level.WARN, "[Producer clientId=a] " + AWAY)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(client, Level.WARN, "[Producer clientId=a] " + AWAY)).isEqualTo(FilterReply.DENY);
        assertThat(decide(client, Level.WARN, "[AdminClient clientId=b] " + AWAY))
                .isEqualTo(FilterReply.DENY);
        assertThat(decide(client, Level.WARN, "[AdminClient clientId=b] Bootstrap broker {} disconnected"))
                .isEqualTo(FilterReply.NEUTRAL);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
        assertThat(decide(client, Level.WARN, "[Producer clientId=a] " + AWAY)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(client, Level.WARN, "[Producer clientId=a] " + AWAY)).isEqualTo(FilterReply.DENY);
    }

    @Test
    void shouldLeaveAllElseAlone() {
        Logger other = context.getLogger("org.apache.kafka.clients.Metadata");
        for (int i = 0; i < 3; i++) {
            assertThat(decide(other, Level.WARN, AWAY)).isEqualTo(FilterReply.NEUTRAL);
            assertThat(decide(client, Level.ERROR, AWAY)).isEqualTo(FilterReply.NEUTRAL);
            assertThat(decide(client, Level.WARN, null)).isEqualTo(FilterReply.NEUTRAL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/logback.xml", "/logback-json.xml"})
    void shouldStandInTheLogThatUsersGet(String file) throws JoranException {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(RepeatsTest.class.getResource(file));
        assertThat(context.getTurboFilterList()).hasAtLeastOneElementOfType(Repeats.class);
    }
}
