package io.patchstream.stream.watch;

import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.topology.FrameIntake;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;

/** A processor, as it is seen from outside. From any thread. */
public interface Watched {
    /** What Kafka Streams says of itself. */
    KafkaStreams.State state();

    /** All that Kafka's clients measure; some hundreds. */
    Map<MetricName, ? extends Metric> kafkaMetrics();

    /** What the engine has done. */
    EngineStatistics engineStatistics();

    /** The model in force. */
    ServedModel model();

    /** Counts what was read. */
    FrameIntake intake();

    /** How often a stream thread was replaced lately. */
    int restarts();
}
