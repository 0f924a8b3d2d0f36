package io.patchstream.bench.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HaltingClientsTest {
    @Test
    void shouldNameTheProcessorsPlaceAndNotItsStart() {
        assertThat(HaltingClients.transactionalId("faults-fee8ee1d-d0d1-4fe0-9aff-32d13ea39d0e-2", "place1"))
                .isEqualTo("faults-place1-2");
    }
}
