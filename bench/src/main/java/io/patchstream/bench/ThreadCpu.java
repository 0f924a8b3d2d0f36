package io.patchstream.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * CPU time of this process by what its threads do, up to a moment. The difference of two says where the time between them
 * went, whatever else the machine did meanwhile; that of two runs of different things does not.
 */
final class ThreadCpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final Path TASKS = Path.of("/proc/self/task");
    private static final long TICK_NANOS = 10_000_000;
    /** Fields of stat, counted from behind the name. */
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    private final Map<Long, Long> nanosById = new HashMap<>();
    private final Map<Long, Role> roles = new HashMap<>();
    private final long processNanos;

    /** What threads do, told by their names. */
    enum Role {
        /** Runs batches: gathers pixels, ONNX Runtime, reads answers. */
        INFER("infer-"),
        DECODE("decode-"),
        /** Sends, and keeps the group's membership. */
        CLIENT(
                "kafka-producer-network-thread",
                "consumer_background_thread",
                "kafka-coordinator-heartbeat",
                "kafka-admin-client",
                "CleanupThread"),
        /** Polls, deserialises, forwards, serialises. */
        STREAM("StreamThread"),
        /** Sends spans to a collector, where one is named. */
        TRACE("BatchSpanProcessor", "HttpClient-"),
        /** Takes them: the bench's collector. */
        SINK("span-sink", "HTTP-Dispatcher"),
        /** The bench's own consumer and its main thread. */
        READER("main"),
        /** The Java threads left: the broker and the registry, which live in this process here. */
        BROKER,
        /** The JIT compiler: much at first, then next to nothing. Told from {@link #JVM} on Linux only. */
        JIT("C1 CompilerThre", "C2 CompilerThre"),
        /** Garbage collection; as that. */
        GC("GC Thread", "G1 ", "VM Thread"),
        /** What else is no Java thread. */
        JVM;

        private final String[] marks;

        Role(String... marks) {
            this.marks = marks;
        }

        static Role of(String threadName) {
            for (Role role : values()) {
                if (role == BROKER) {
                    continue;
                }
                for (String mark : role.marks) {
                    if (role == READER ? threadName.equals(mark) : threadName.contains(mark)) {
                        return role;
                    }
                }
            }
            return BROKER;
        }
    }

    private ThreadCpu(long processNanos) {
        this.processNanos = processNanos;
    }

    /** Up to now. A thread that has ended since the last snapshot is missing: its time falls to {@link Role#JVM}. */
    static ThreadCpu now() {
        ThreadCpu now = new ThreadCpu(
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime());
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null) {
                now.nanosById.put(thread.getThreadId(), Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId())));
                now.roles.put(thread.getThreadId(), Role.of(thread.getThreadName()));
            }
        }
        now.addNative();
        return now;
    }

    /** The VM's own threads are known to the system alone; ticks are 10 ms. */
    private void addNative() {
        try (Stream<Path> tasks = Files.isDirectory(TASKS) ? Files.list(TASKS) : Stream.empty()) {
            for (Path task : tasks.toList()) {
                String stat = read(task.resolve("stat"));
                int end = stat.lastIndexOf(')');
                Role role = end < 0 ? Role.BROKER : Role.of(stat.substring(stat.indexOf('(') + 1, end));
                if (role == Role.JIT || role == Role.GC) {
                    String[] fields = stat.substring(end + 2).split(" ");
                    // Thread ids of the system and of Java do not meet: these are negative.
                    long id = -Long.parseLong(task.getFileName().toString());
                    nanosById.put(id, (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) * TICK_NANOS);
                    roles.put(id, role);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty when the thread has ended meanwhile. */
    private static String read(Path stat) {
        try {
            return Files.readString(stat);
        } catch (IOException e) {
            return "";
        }
    }

    /** Milliseconds since an earlier one, by role; their sum is the process's. */
    Map<Role, Double> since(ThreadCpu before) {
        Map<Role, Double> millis = new EnumMap<>(Role.class);
        double rest = (processNanos - before.processNanos) / 1e6;
        for (Map.Entry<Long, Long> thread : nanosById.entrySet()) {
            double spent = (thread.getValue() - before.nanosById.getOrDefault(thread.getKey(), 0L)) / 1e6;
            millis.merge(roles.get(thread.getKey()), spent, Double::sum);
            rest -= spent;
        }
        millis.put(Role.JVM, rest);
        return millis;
    }
}
