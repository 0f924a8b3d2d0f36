package io.patchstream.stream.operate;

import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.operate.Asking.Refused;
import io.patchstream.stream.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.QuorumInfo.ReplicaState;
import org.apache.kafka.common.KafkaException;

/** The broker: whether it answers, what it can, what time it has; then topics and rights. */
final class BrokerCheck {
    private static final long SKEW_MILLIS = 1_000;

    private final Settings settings;
    private final String principal;

    BrokerCheck(Settings settings, String principal) {
        this.settings = settings;
        this.principal = principal;
    }

    List<Finding> check() {
        List<Finding> findings = new ArrayList<>();
        try (Admin admin = Admin.create(Lookup.clients(settings).getAdminConfigs("patchstream-doctor"))) {
            Finding answer = answer(settings, admin);
            findings.add(answer);
            if (answer.level() == Finding.Level.FAIL) {
                return findings;
            }
            findings.add(clock(admin));
            findings.addAll(new TopicInspection(settings, admin).inspect());
            findings.addAll(new AclTrial(settings, principal, admin).check());
        } catch (KafkaException e) {
            String why = e.getCause() == null
                    ? e.getMessage()
                    : e.getMessage() + ": " + e.getCause().getMessage();
            findings.add(Finding.fail("broker", "no client can be made: " + why, "mend the setting that it names"));
        }
        return findings;
    }

    /** Whether a broker answers at all; whoever asks for many things asks for this first. */
    static Finding answer(Settings settings, Admin admin) {
        String servers = settings.kafka().get("bootstrap.servers");
        try {
            int nodes = Asking.of(admin.describeCluster().nodes()).size();
            return Finding.ok(
                    "broker", servers + " answers, " + nodes + (nodes == 1 ? " node" : " nodes") + features(admin));
        } catch (Refused e) {
            return Finding.fail(
                    "broker",
                    servers + ": " + e.getMessage(),
                    "set kafka.bootstrap.servers, and kafka.security.protocol, kafka.sasl.* and kafka.ssl.* as the broker"
                            + " has them (docs/security.md); here: ./patchstream local");
        }
    }

    private static String features(Admin admin) {
        try {
            Map<String, Short> levels = new TreeMap<>();
            Asking.of(admin.describeFeatures().featureMetadata())
                    .finalizedFeatures()
                    .forEach((name, range) -> levels.put(name, range.maxVersionLevel()));
            levels.keySet().retainAll(List.of("metadata.version", "transaction.version"));
            return ", " + levels;
        } catch (Refused e) {
            return ", features unknown (" + e.getMessage() + ")";
        }
    }

    /** Kafka has no call for the time, but the quorum's leader says when it last heard of itself: now, by its clock. */
    private static Finding clock(Admin admin) {
        long before = System.currentTimeMillis();
        QuorumInfo quorum;
        try {
            quorum = Asking.of(admin.describeMetadataQuorum().quorumInfo());
        } catch (Refused e) {
            return Finding.warn(
                    "clock",
                    "the broker does not tell its time: " + e.getMessage(),
                    "allow Describe on the cluster, or compare by hand: date -u");
        }
        long after = System.currentTimeMillis();
        OptionalLong theirs = quorum.voters().stream()
                .filter(voter -> voter.replicaId() == quorum.leaderId())
                .map(ReplicaState::lastFetchTimestamp)
                .findFirst()
                .orElse(OptionalLong.empty());
        if (theirs.isEmpty() || theirs.getAsLong() < 0) {
            return Finding.warn("clock", "the broker does not tell its time", "compare by hand: date -u");
        }
        return clock(before, after, theirs.getAsLong());
    }

    /** The answer was made at some time between the two. */
    static Finding clock(long before, long after, long theirs) {
        long skew = theirs < before ? theirs - before : Math.max(0, theirs - after);
        String says = "the broker's clock is " + (skew == 0 ? "within " + (after - before) : Math.abs(skew)) + " ms "
                + (skew == 0 ? "of ours" : skew > 0 ? "ahead of ours" : "behind ours");
        return Math.abs(skew) <= SKEW_MILLIS
                ? Finding.ok("clock", says)
                : Finding.warn(
                        "clock",
                        says + "; frames seem younger or older than they are (input.max.age)",
                        "timedatectl set-ntp true, there or here");
    }
}
