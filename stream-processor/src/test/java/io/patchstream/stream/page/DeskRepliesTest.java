package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeskRepliesTest {
    private final DeskStub desk = new DeskStub();
    private final DeskReplies replies = new DeskReplies(desk);

    private static JsonNode json(Reply reply) throws Exception {
        return new ObjectMapper().readTree(reply.body());
    }

    private Reply replay(String body) {
        return replies.replay(body.getBytes(UTF_8));
    }

    @Test
    void shouldTellWhatTheDeskSaysAndWhen() throws Exception {
        long before = System.currentTimeMillis();

        JsonNode letters = json(replies.deadLetters());
        JsonNode ledger = json(replies.ledger());
        JsonNode subjects = json(replies.subjects()).get("subjects");

        assertThat(letters.at("/deadLetters/letters/0/place").asText()).isEqualTo("0:17");
        assertThat(letters.at("/deadLetters/letters/0/sentInAgain").asBoolean()).isTrue();
        assertThat(letters.at("/deadLetters/reasons/DECODE~1JPEG").asInt()).isEqualTo(1);
        assertThat(ledger.at("/ledger/balanced").asBoolean()).isFalse();
        assertThat(ledger.at("/ledger/partitions/0/findings/0").asText()).isEqualTo("offset 4 lacks an answer");
        assertThat(ledger.get("atMillis").asLong()).isBetween(before, System.currentTimeMillis());
        assertThat(ledger.has("tookMillis")).isTrue();
        assertThat(subjects.at("/0/versions").toString()).isEqualTo("[1,2]");
        assertThat(subjects.at("/0/id").asInt()).isEqualTo(7);
        assertThat(subjects.at("/1/versions").isEmpty()).isTrue();
        assertThat(subjects.at("/1/id").isNull()).isTrue();
    }

    @Test
    void shouldSendInAgainExactlyThoseThatAreNamed() throws Exception {
        JsonNode told = json(replay("{\"places\":[\"0:17\",\"3:0\",\"0:17\"]}"));

        assertThat(told.at("/replayed/sent").asInt()).isEqualTo(2);
        assertThat(desk.replayed).containsExactly(Set.of("0:17", "3:0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "null",
                "{}",
                "{\"places\":[]}",
                "{\"places\":\"0:1\"}",
                "{\"places\":[17]}",
                "{\"places\":[\"0:1\",\"all\"]}",
                "{\"places\":[\"0:-1\"]}",
                "{\"places\":{\"a\":\"0:1\"}}"
            })
    void shouldSendNothingWhenItIsToldOtherwise(String body) {
        assertThat(replay(body).status()).isEqualTo(400);
        assertThat(desk.replayed).isEmpty();
    }

    @Test
    void shouldSendNothingOfAListThatIsTooLong() {
        StringBuilder many = new StringBuilder("\"0:0\"");
        for (int i = 1; i <= DeskReplies.MOST_PLACES; i++) {
            many.append(",\"0:").append(i).append('"');
        }
        assertThat(replay("{\"places\":[" + many + "]}").status()).isEqualTo(400);
        assertThat(replay("{\"places\":[\"0:1\"]" + " ".repeat(DeskReplies.MOST_BYTES) + "}")
                        .status())
                .isEqualTo(400);
        assertThat(desk.replayed).isEmpty();
    }

    @Test
    void shouldSayWhyTheDeskCannotTell() throws Exception {
        desk.trouble = Optional.of("there is no topic labels");

        assertThat(replies.ledger().status()).isEqualTo(502);
        assertThat(json(replies.subjects()).get("problem").asText()).isEqualTo("there is no topic labels");
        desk.trouble = Optional.empty();
        assertThat(replies.ledger().status()).isEqualTo(200);
    }

    @Test
    void shouldReadForOneAtATime() throws Exception {
        desk.hold = new CountDownLatch(1);
        CompletableFuture<Reply> first = CompletableFuture.supplyAsync(replies::ledger);
        assertThat(desk.asked.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(replay("{\"places\":[\"0:1\"]}").status()).isEqualTo(429);
        assertThat(replies.deadLetters().status()).isEqualTo(429);
        assertThat(desk.replayed).isEmpty();
        desk.hold.countDown();
        assertThat(first.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(replay("{\"places\":[\"0:1\"]}").status()).isEqualTo(200);
    }
}
