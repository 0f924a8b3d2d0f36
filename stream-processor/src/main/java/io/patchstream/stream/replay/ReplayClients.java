package io.patchstream.stream.replay;

import io.patchstream.stream.topology.FrameClients;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Configurable;

/**
 * The clients of a replay: Kafka's own, but that the main consumer ends where the replay does. Kafka Streams makes it by
 * the name that {@code default.client.supplier} gives.
 */
public final class ReplayClients extends FrameClients implements Configurable {
    private ReplayEnds ends;

    @Override
    public void configure(Map<String, ?> configs) {
        ends = ReplayEnds.parse(String.valueOf(configs.get(ReplayEnds.KEY)));
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> given) {
        Map<String, Object> config = new HashMap<>(given);
        Object others = config.get(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        // First of all: the look-ahead must not submit what is not replayed.
        String ours = EndFilter.class.getName();
        config.put(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, others == null ? ours : ours + "," + others);
        config.put(ReplayEnds.KEY, ends.toText());
        return new ReplayConsumer(config, ends);
    }

    /**
     * A producer whose transactional id is the replay's and the stream thread's: Kafka Streams draws another at each start,
     * and the transaction of a replay that was killed would stay open until it times out. One that is run twice at a time
     * is fenced.
     */
    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> given) {
        Map<String, Object> config = new HashMap<>(given);
        config.computeIfPresent(ProducerConfig.TRANSACTIONAL_ID_CONFIG, (key, id) -> transactionalId((String) id));
        return super.getProducer(config);
    }

    /** {@code APPLICATION-THREAD} from {@code APPLICATION-START-THREAD}. */
    static String transactionalId(String given) {
        return given.replaceFirst("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-([0-9]+)$", "-$2");
    }
}
