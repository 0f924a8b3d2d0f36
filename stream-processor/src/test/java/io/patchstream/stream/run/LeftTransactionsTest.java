package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeftTransactionsTest {
    private final LeftTransactions left = new LeftTransactions(null, "app", "pod-1");

    @Test
    void shouldKnowTheIdsOfItsOwnInstanceOnly() {
        String made =
                new InstanceTransactions("app", "pod-1").transactionalId("app-780090dd-18c4-4d8f-928e-442348f30f56-17");
        assertThat(left.isOurs(made)).isTrue();
        assertThat(left.isOurs("app-pod-1-1-3")).as("of instance pod-1-1").isFalse();
        assertThat(left.isOurs("app-pod-11-3")).as("of instance pod-11").isFalse();
        assertThat(left.isOurs("app-pod-1")).as("of instance pod").isFalse();
        assertThat(left.isOurs("other-app-pod-1-3"))
                .as("of another application")
                .isFalse();
        assertThat(left.isOurs("app-780090dd-18c4-4d8f-928e-442348f30f56-1"))
                .as("of one without a name")
                .isFalse();
    }
}
