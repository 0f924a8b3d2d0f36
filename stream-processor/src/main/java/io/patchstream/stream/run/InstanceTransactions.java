package io.patchstream.stream.run;

import io.patchstream.stream.topology.FrameClients;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Clients as Kafka Streams makes them, but for the transactional ids, which name the instance and not the start. Without
 * state on disk Kafka Streams draws new ids at each start, so that the transaction of a killed processor stays open, and
 * hides later answers from read_committed consumers, until it times out; with its old id the next start aborts it at once.
 */
final class InstanceTransactions extends FrameClients {
    private final String applicationId;
    private final String instanceId;

    InstanceTransactions(String applicationId, String instanceId) {
        this.applicationId = applicationId;
        this.instanceId = instanceId;
    }

    /** The id of a stream thread's transactions, from the one that Kafka Streams gave: {@code APPLICATION-START-THREAD}. */
    String transactionalId(String given) {
        return applicationId + "-" + instanceId + given.substring(given.lastIndexOf('-'));
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Map<String, Object> own = new HashMap<>(config);
        own.computeIfPresent(ProducerConfig.TRANSACTIONAL_ID_CONFIG, (key, id) -> transactionalId((String) id));
        return super.getProducer(own);
    }
}
