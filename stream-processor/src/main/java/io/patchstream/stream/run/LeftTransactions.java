package io.patchstream.stream.run;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions that an earlier start of this instance has left open. Its stream threads end those of their own ids when they
 * begin; but a thread that had replaced a failed one had a higher number, and so an id that nobody takes up again: what it
 * left would hide all later answers of its partitions from read_committed consumers until it times out. So do the ids of
 * threads that are no longer configured.
 */
final class LeftTransactions {
    private static final Logger LOG = LoggerFactory.getLogger(LeftTransactions.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Admin admin;
    private final Pattern ours;

    /** Of the ids that {@link InstanceTransactions} makes for this instance, and of no other's. */
    LeftTransactions(Admin admin, String applicationId, String instanceId) {
        this.admin = admin;
        this.ours = Pattern.compile(Pattern.quote(applicationId + "-" + instanceId + "-") + "[0-9]+");
    }

    boolean isOurs(String transactionalId) {
        return ours.matcher(transactionalId).matches();
    }

    /** Aborts them, before the first stream thread starts; a broker that does not allow it is left to its timeout, aloud. */
    void end() {
        try {
            List<String> open = await(admin.listTransactions(
                                    new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)))
                            .all())
                    .stream()
                    .map(TransactionListing::transactionalId)
                    .filter(this::isOurs)
                    .sorted()
                    .toList();
            if (!open.isEmpty()) {
                await(admin.fenceProducers(open).all());
                LOG.atInfo()
                        .addKeyValue("transactionalIds", open)
                        .log("aborted what an earlier start of this instance had left open");
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.atWarn()
                    .setCause(e)
                    .log(
                            "transactions that an earlier start left open cannot be ended; later answers of their partitions"
                                    + " stay hidden until they time out");
        }
    }

    private static <T> T await(org.apache.kafka.common.KafkaFuture<T> answer)
            throws ExecutionException, TimeoutException {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProcessorFailedException("interrupted before the start", e);
        }
    }
}
