package io.patchstream.stream.ingest;

import io.patchstream.schemas.TopicLeaders;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topic that cameras write to: made sure of before the first frame, since a producer would only wait for it. */
public final class FramesTopic {
    private static final int PATIENCE_SECONDS = 8;

    private final Settings settings;
    private final String name;

    public FramesTopic(Settings settings, String name) {
        this.settings = settings;
        this.name = name;
    }

    /**
     * Creates it if it is missing and may be created.
     *
     * @throws BrokerSilentException when no broker answers in time
     * @throws IOException when it is not there in the end
     */
    public void ensure() throws IOException, InterruptedException {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        // Kafka's own minute is longer than a stop may take.
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_SECONDS * 1000);
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_SECONDS * 1000 / 2);
        try (Admin admin = Admin.create(properties)) {
            if (isThere(admin)) {
                return;
            }
            if (!settings.topics().autoCreate()) {
                throw new IOException("topic " + name + " is missing; create it, or set topics.auto.create=true");
            }
            TopicSpec like = Topics.standard().frames();
            TopicSpec spec = new TopicSpec(
                    name,
                    like.key(),
                    like.value(),
                    like.cleanUp(),
                    like.compression(),
                    (int) settings.input().maxBytes(),
                    like.doc());
            admin.createTopics(List.of(spec.toCreate(settings.topics().partitions(), (short)
                            settings.topics().replicationFactor())))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            TopicLeaders.await(admin, List.of(name), Duration.ofSeconds(PATIENCE_SECONDS));
        } catch (TimeoutException e) {
            throw silent(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw silent(e);
            }
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw failed(e.getCause().getMessage(), e);
            }
        }
    }

    private boolean isThere(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        try {
            admin.describeTopics(List.of(name)).allTopicNames().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    private BrokerSilentException silent(Exception cause) {
        return new BrokerSilentException(place() + ": no answer in " + PATIENCE_SECONDS + " s", cause);
    }

    private IOException failed(String why, Exception cause) {
        return new IOException(place() + ": " + why, cause);
    }

    private String place() {
        return "topic " + name + " on " + settings.kafka().get("bootstrap.servers");
    }
}
