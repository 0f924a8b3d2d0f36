package io.patchstream.bench.fault;

import io.patchstream.bench.Processes;
import io.patchstream.local.Main;
import io.patchstream.schemas.TopicLeaders;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * The processes of a run: a broker with its registry, a generator, processors. What dies without having been told to is
 * started again, as an orchestrator would, and counted. For one thread.
 */
final class Rig implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration LEAST_LIFE = Duration.ofSeconds(3);
    private static final long STEP_MILLIS = 50;
    private static final int BROKER_HEAP_MIB = 512;
    private static final int HEAP_MIB = 192;

    private final RunPlan plan;
    private final int brokerPort;
    private final int registryPort;
    private final TcpProxy registryProxy;
    private final StateDisk disk;
    private final Child[] processors;
    private final Memory memory = new Memory();
    private final List<String> unexpected = new ArrayList<>();
    private final Thread atExit = new Thread(this::leaveNothing, "rig-exit");
    private Child broker;
    private Child generator;
    private int lives;
    private long sampledAt = System.nanoTime();

    private Rig(RunPlan plan) throws IOException, InterruptedException {
        this.plan = plan;
        Files.createDirectories(plan.folder());
        brokerPort = Processes.freePort();
        registryPort = Processes.freePort();
        registryProxy = new TcpProxy(registryPort);
        disk = StateDisk.open(plan.folder().resolve("state"));
        processors = new Child[plan.processors()];
    }

    /** Starts everything and returns when frames flow and processors have partitions. */
    static Rig start(RunPlan plan) throws IOException, InterruptedException {
        Rig rig = new Rig(plan);
        try {
            Runtime.getRuntime().addShutdownHook(rig.atExit);
            rig.startBroker();
            rig.createTopics();
            rig.startGenerator();
            for (int place = 0; place < plan.processors(); place++) {
                rig.startProcessor(place);
            }
            for (int place = 0; place < plan.processors(); place++) {
                rig.awaitReady(place);
            }
            return rig;
        } catch (InterruptedException | RuntimeException | Error e) {
            rig.close();
            throw e;
        }
    }

    private void createTopics() {
        Topics topics = Topics.standard();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + brokerPort))) {
            admin.createTopics(Stream.of(
                                    topics.frames(),
                                    topics.labels(),
                                    topics.embeddings(),
                                    topics.deadLetters(),
                                    topics.drops())
                            .map((TopicSpec topic) -> topic.toCreate(RunPlan.PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            TopicLeaders.await(admin, List.of(topics.frames().name()), PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the topics cannot be created: " + e.getMessage(), e);
        }
    }

    private Path log(String role) {
        return plan.folder().resolve(role + "-" + ++lives + ".log");
    }

    /** Starts the broker on the ports and the data that it has always had; returns when it serves. */
    void startBroker() throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "--kafka-port",
                Integer.toString(brokerPort),
                "--registry-port",
                Integer.toString(registryPort),
                "--data-dir",
                plan.folder().resolve("broker").toString()));
        for (String setting : List.of(
                "transaction.abort.timed.out.transaction.cleanup.interval.ms=500",
                "group.streams.session.timeout.ms=" + RunPlan.SESSION_TIMEOUT_MILLIS,
                "group.streams.heartbeat.interval.ms=500")) {
            arguments.addAll(List.of("--broker-set", setting));
        }
        broker = Child.start(Main.class, BROKER_HEAP_MIB, arguments, log("broker"));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!broker.hasSaid("READY bootstrap=")) {
            if (!broker.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("the broker does not start; see " + broker.log());
            }
            pause(Duration.ofMillis(STEP_MILLIS));
        }
    }

    void startGenerator() {
        List<String> arguments = GeneratorProcess.arguments(
                brokerPort,
                registryPort,
                ackLog(),
                plan.frames(),
                RunPlan.PARTITIONS,
                plan.framesPerSecond(),
                plan.engine() == EngineKind.REAL);
        generator = Child.start(GeneratorProcess.class, HEAP_MIB, arguments, log("generator"));
    }

    void startProcessor(int place) {
        List<String> arguments = new ArrayList<>(List.of("--engine=" + plan.engine()));
        if (plan.buffering()) {
            arguments.add("--buffering");
        }
        plan.processorSettings(
                        brokerPort, registryProxy.port(), place, disk.folder().resolve("place" + place))
                .forEach((key, value) -> arguments.add("--set=" + key + "=" + value));
        processors[place] = Child.start(ProcessorProcess.class, HEAP_MIB, arguments, log("processor" + place));
    }

    /** Where the generator writes what the broker has acknowledged. */
    Path ackLog() {
        return plan.folder().resolve("acknowledged.log");
    }

    Settings settings() {
        return Settings.of(plan.settings(brokerPort, registryPort));
    }

    Map<String, String> settingValues() {
        return plan.settings(brokerPort, registryPort);
    }

    Child broker() {
        return broker;
    }

    Child generator() {
        return generator;
    }

    Child processor(int place) {
        return processors[place];
    }

    TcpProxy registryProxy() {
        return registryProxy;
    }

    StateDisk disk() {
        return disk;
    }

    Memory memory() {
        return memory;
    }

    /** Processes that ended by themselves. */
    List<String> unexpected() {
        return unexpected;
    }

    /** Waits until a processor has partitions; whether it got any in time. */
    boolean awaitReady(int place) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!processors[place].hasSaid(ProcessorProcess.READY)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause(Duration.ofMillis(STEP_MILLIS));
        }
        return true;
    }

    /** Lets time pass; what has died meanwhile is started again. */
    void pause(Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        do {
            TimeUnit.MILLISECONDS.sleep(Math.max(1, Math.min(STEP_MILLIS, (end - System.nanoTime()) / 1_000_000)));
            supervise();
        } while (System.nanoTime() < end);
    }

    private void supervise() {
        for (int place = 0; place < processors.length; place++) {
            Child processor = processors[place];
            if (processor != null && !processor.isAlive() && processor.age().compareTo(LEAST_LIFE) > 0) {
                unexpected.add("processor " + place + " ended with " + processor.exitCode() + ": " + processor.log());
                startProcessor(place);
            }
        }
        if (generator != null && !generator.isAlive() && generator.age().compareTo(LEAST_LIFE) > 0) {
            unexpected.add("generator ended with " + generator.exitCode() + ": " + generator.log());
            startGenerator();
        }
        if (System.nanoTime() - sampledAt > 1_000_000_000L) {
            sampledAt = System.nanoTime();
            for (Child processor : processors) {
                if (processor != null) {
                    memory.sample(processor.pid(), processor.age().toMillis() / 1000.0, processor.residentBytes());
                }
            }
        }
    }

    /** Ends the generator when all that it sent is acknowledged; whether it could. */
    boolean stopGenerator() throws InterruptedException {
        Child last = generator;
        generator = null;
        return last.terminate(Duration.ofSeconds(90));
    }

    /** Ends the processors in good order; whether all did in time. */
    boolean stopProcessors() throws InterruptedException {
        boolean all = true;
        for (int place = 0; place < processors.length; place++) {
            Child last = processors[place];
            processors[place] = null;
            all &= last.terminate(STOP);
        }
        return all;
    }

    private void killAll() {
        for (Child processor : processors) {
            kill(processor);
        }
        kill(generator);
        kill(broker);
    }

    /** After Ctrl-C there is nobody who closes. */
    private void leaveNothing() {
        killAll();
        disk.close();
    }

    private static void kill(Child child) {
        if (child != null) {
            child.close();
        }
    }

    @Override
    public void close() throws IOException {
        killAll();
        registryProxy.close();
        disk.close();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // The hook runs; it finds nothing alive.
            return;
        }
    }
}
