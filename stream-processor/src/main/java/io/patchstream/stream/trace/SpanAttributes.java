package io.patchstream.stream.trace;

import io.opentelemetry.api.common.AttributeKey;

/** What spans say: OpenTelemetry's semantic conventions for messaging, and {@code patchstream.*} for what only we know. */
final class SpanAttributes {
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");
    static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
    static final AttributeKey<String> KEY = AttributeKey.stringKey("messaging.kafka.message.key");
    static final AttributeKey<Boolean> TOMBSTONE = AttributeKey.booleanKey("messaging.kafka.message.tombstone");
    static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    static final AttributeKey<String> CAMERA = AttributeKey.stringKey("patchstream.camera");
    static final AttributeKey<String> FRAME = AttributeKey.stringKey("patchstream.frame.id");
    static final AttributeKey<Long> PICTURES = AttributeKey.longKey("patchstream.pictures");
    static final AttributeKey<String> MODEL = AttributeKey.stringKey("patchstream.model.sha256");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("patchstream.outcome");
    static final AttributeKey<String> STAGE = AttributeKey.stringKey("patchstream.stage");
    static final AttributeKey<String> DROP = AttributeKey.stringKey("patchstream.drop.reason");
    static final AttributeKey<Long> BATCH = AttributeKey.longKey("patchstream.batch.size");

    private SpanAttributes() {}
}
