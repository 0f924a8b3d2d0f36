package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InstanceTransactionsTest {
    @Test
    void shouldGiveTheSameThreadTheSameIdAfterARestart() {
        InstanceTransactions transactions = new InstanceTransactions("app", "pod-0");
        assertThat(transactions.transactionalId("app-780090dd-18c4-4d8f-928e-442348f30f56-2"))
                .isEqualTo("app-pod-0-2");
        assertThat(transactions.transactionalId("app-00000000-0000-0000-0000-000000000000-2"))
                .isEqualTo("app-pod-0-2");
        assertThat(transactions.transactionalId("app-780090dd-18c4-4d8f-928e-442348f30f56-1"))
                .isEqualTo("app-pod-0-1");
    }
}
