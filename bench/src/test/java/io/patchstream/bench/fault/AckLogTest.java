package io.patchstream.bench.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AckLogTest {
    @TempDir
    private Path folder;

    @Test
    void shouldReadEachLineOnceAndNotTheOneThatAKillHasCut() throws Exception {
        Path file = folder.resolve("acks");
        List<AckLog.Ack> acks = new ArrayList<>();
        try (AckLog log = new AckLog(file);
                AckLog.Tail tail = new AckLog.Tail(file)) {
            log.reserve(1000);
            log.acknowledge(new AckLog.Ack(1, 2, 3));
            tail.read(acks::add);
            Files.writeString(file, "a 12 3 4", StandardOpenOption.APPEND);
            tail.read(acks::add);
            try (AckLog next = new AckLog(file)) {
                next.reserve(2000);
                next.acknowledge(new AckLog.Ack(1000, 4, 5));
            }
            tail.read(acks::add);
            assertThat(tail.reserved()).isEqualTo(2000);
        }
        assertThat(acks).containsExactly(new AckLog.Ack(1, 2, 3), new AckLog.Ack(1000, 4, 5));
    }
}
