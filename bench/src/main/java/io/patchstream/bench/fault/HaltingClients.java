package io.patchstream.bench.fault;

import io.patchstream.stream.topology.FrameClients;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Configurable;

/**
 * A processor's clients, by the name that {@code default.client.supplier} gives: the product's own, but that producers can
 * be halted, and that a processor which is started again takes its predecessor's transactions over and aborts them at once.
 */
public final class HaltingClients extends FrameClients implements Configurable {
    /** The setting that names a processor's place in the run: the same after each restart. */
    static final String PLACE = "patchstream.bench.place";

    private String place = "";

    @Override
    public void configure(Map<String, ?> configs) {
        place = String.valueOf(configs.get(PLACE));
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> given) {
        Map<String, Object> config = new HashMap<>(given);
        config.computeIfPresent(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, (key, id) -> transactionalId((String) id, place));
        return new HaltingProducer(config);
    }

    /** {@code APPLICATION-PLACE-THREAD} from {@code APPLICATION-START-THREAD}. */
    static String transactionalId(String given, String place) {
        return given.replaceFirst("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-([0-9]+)$", "-" + place + "-$2");
    }
}
