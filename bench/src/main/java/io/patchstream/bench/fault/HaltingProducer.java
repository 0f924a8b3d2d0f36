package io.patchstream.bench.fault;

import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's producer, which halts the process at the {@link HaltPoint} that is armed. */
final class HaltingProducer extends KafkaProducer<byte[], byte[]> {
    HaltingProducer(Map<String, Object> config) {
        super(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        Future<RecordMetadata> sent = super.send(record, callback);
        if (HaltPoint.AFTER_SEND.isArmed()) {
            // What is still in this process would vanish with it, and the halt would prove nothing.
            flush();
            HaltPoint.AFTER_SEND.pass();
        }
        return sent;
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        if (HaltPoint.BEFORE_OFFSETS.isArmed()) {
            flush();
            HaltPoint.BEFORE_OFFSETS.pass();
        }
        super.sendOffsetsToTransaction(offsets, groupMetadata);
    }

    @Override
    public void commitTransaction() {
        HaltPoint.BEFORE_COMMIT.pass();
        super.commitTransaction();
        HaltPoint.AFTER_COMMIT.pass();
    }
}
