package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.stream.demo.DemoCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The live page in a real browser ({@code ui.browser}), fed by a real demo. Runs with {@code -Pui} only. With {@code
 * ui.pictures} it leaves screenshots there; with {@code ui.address} it looks at a demo that runs already; with {@code
 * ui.axe}, the path of axe-core's {@code axe.min.js}, it lets that look for barriers. How the page loads is left in {@code
 * target/page-figures.json}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LivePageUiIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> TABS = List.of("live", "pipeline", "try", "search");

    /** What the browser measures itself; what moves is counted while nobody has just pressed anything. */
    private static final String FIGURES = "window.figures = {shift: 0, paint: 0, long: []};"
            + " const seen = (type, each) => new PerformanceObserver(list => list.getEntries().forEach(each))"
            + ".observe({type, buffered: true});"
            + " seen('layout-shift', entry => { if (!entry.hadRecentInput) figures.shift += entry.value; });"
            + " seen('largest-contentful-paint', entry => { figures.paint = entry.startTime; });"
            + " seen('longtask', entry => { figures.long.push(entry.duration); });";

    @TempDir
    static Path profile;

    private static Browser browser;
    private static CompletableFuture<Integer> demo = CompletableFuture.completedFuture(0);
    private static String address;

    @BeforeAll
    static void start() throws Exception {
        address = System.getProperty("ui.address", "");
        if (address.isEmpty()) {
            System.setProperty("patchstream.home", "..");
            StringWriter out = new StringWriter();
            PrintWriter writer = new PrintWriter(out);
            demo = CompletableFuture.supplyAsync(
                    () -> new CommandLine(new DemoCommand())
                            .setOut(writer)
                            .setErr(writer)
                            .execute("--seconds", "120", "--model", "../models/demo/demo-fp32.onnx"),
                    task -> new Thread(task, "demo").start());
            Pattern told = Pattern.compile("live page: (\\S+)");
            await().atMost(PATIENCE).until(() -> told.matcher(out.toString()).find() || demo.isDone());
            Matcher matcher = told.matcher(out.toString());
            assertThat(matcher.find()).as(out.toString()).isTrue();
            address = matcher.group(1);
        }
        browser = new Browser(System.getProperty("ui.browser", "chromium"), profile);
        browser.size(1280, 860);
        browser.dark(false);
        browser.prepare(FIGURES);
        browser.open(address);
    }

    @AfterAll
    static void stop() {
        browser.close();
    }

    private static boolean is(String expression) throws Exception {
        return browser.value(expression).asBoolean();
    }

    private static void choose(String tab) throws Exception {
        browser.value("document.getElementById('tab-" + tab + "').click()");
    }

    private static void picture(String name) throws Exception {
        String folder = System.getProperty("ui.pictures", "");
        if (!folder.isEmpty()) {
            Files.createDirectories(Path.of(folder));
            browser.screenshot(Path.of(folder, name + ".png"));
        }
    }

    @Test
    @Order(1)
    void shouldShowATileWithPictureAndLabelsOfEachCamera() {
        await().atMost(PATIENCE)
                .until(() -> is(
                        "[...document.querySelectorAll('.tile')].filter(tile => tile.querySelector('img').naturalWidth"
                                + " > 0 && tile.querySelector('.bar-label').textContent !== '' && / ms$|"
                                + " s$/.test(tile.querySelector('dd').textContent)).length === 4"));
    }

    @Test
    @Order(1)
    void shouldLoadLittleAndStandStill() throws Exception {
        await().atMost(PATIENCE)
                .until(() -> is("document.querySelectorAll('.tile .look-at:not([hidden])').length === 4"));
        TimeUnit.SECONDS.sleep(5); // What moves, moves now.
        JsonNode figures = browser.value("(() => { const files = performance.getEntriesByType('resource')"
                + ".filter(entry => !entry.name.includes('/api/')); const page ="
                + " performance.getEntriesByType('navigation')[0]; return {requests: files.length + 1, bytes:"
                + " files.concat(page).reduce((sum, entry) => sum + entry.transferSize, 0), firstPaintMillis:"
                + " performance.getEntriesByName('first-contentful-paint')[0].startTime, largestPaintMillis:"
                + " figures.paint, layoutShift: figures.shift, longTasks: figures.long.length, longestTaskMillis:"
                + " Math.max(0, ...figures.long)}; })()");
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target/page-figures.json"), figures.toPrettyString() + "\n");

        assertThat(figures.get("requests").asInt()).isBetween(10, 16);
        assertThat(figures.get("bytes").asInt()).isBetween(20_000, 80_000);
        assertThat(figures.get("layoutShift").asDouble()).isLessThan(0.1);
        assertThat(figures.get("largestPaintMillis").asDouble()).isPositive();
    }

    /** With {@code ui.axe}: no violation of WCAG 2.2 AA or of axe's good practice, on any tab, in both themes. */
    @Test
    @Order(8)
    void shouldHaveNoBarriersThatAxeFinds() throws Exception {
        String axe = System.getProperty("ui.axe", "");
        assumeFalse(axe.isEmpty(), "ui.axe names no axe.min.js");
        browser.value(Files.readString(Path.of(axe)) + "; 0");
        for (boolean dark : new boolean[] {false, true}) {
            browser.dark(dark);
            for (String tab : TABS) {
                choose(tab);
                assertNoBarriers(tab + (dark ? ", dark" : ""));
            }
            choose("live");
            browser.value("document.querySelector('.look-at').click()");
            await().atMost(PATIENCE).until(() -> is("!document.getElementById('attention-map').hidden"));
            assertNoBarriers("attention" + (dark ? ", dark" : ""));
            browser.value("document.getElementById('attention-close').click()");
        }
        browser.dark(false);
    }

    private static void assertNoBarriers(String where) throws Exception {
        JsonNode found = browser.value("axe.run(document).then(result => ({passes: result.passes.length, violations:"
                + " result.violations.flatMap(rule => rule.nodes.map(node => rule.id + ': ' + node.target.join(' ') +"
                + " ' ' + node.failureSummary))}))");
        assertThat(found.get("passes").asInt()).as(where).isGreaterThan(10);
        assertThat(found.get("violations")).as(where).isEmpty();
    }

    @Test
    @Order(2)
    void shouldChangeTabsByKeyboard() throws Exception {
        browser.value("document.getElementById('tab-live').focus()");
        for (String tab : List.of("pipeline", "try", "search", "live")) {
            browser.press("ArrowRight");
            assertThat(browser.value("document.activeElement.id").asText()).isEqualTo("tab-" + tab);
            assertThat(is("!document.getElementById('" + tab + "').hidden")).isTrue();
            assertThat(browser.value("document.querySelectorAll('main > section:not([hidden])').length")
                            .asInt())
                    .isEqualTo(1);
        }
        browser.press("End");
        assertThat(browser.value("document.activeElement.id").asText()).isEqualTo("tab-search");
    }

    @Test
    @Order(2)
    void shouldListAlarmsMarkTheirCamerasAndShowTheirPictures() throws Exception {
        choose("live");
        // In one look, since alarms come and go.
        await().atMost(PATIENCE)
                .until(() -> is("(() => { const on = [...document.querySelectorAll('#alarm-list li:not(.is-done)')];"
                        + " const marked = [...document.querySelectorAll('.tile.has-alarm')];"
                        + " const count = document.getElementById('alarm-count').textContent;"
                        + " return on.length > 0 && count.startsWith(`${on.length} `) && marked.length > 0"
                        + " && marked.every(tile => on.some(li => li.textContent.includes(tile.querySelector('h2').textContent)"
                        + " && li.textContent.includes(tile.querySelector('.badge.alarm').textContent)))"
                        + " && on.every(li => /^on(shoes|bag)cam-[123].+ \\d+ %since /.test(li.textContent)); })()"));
        await().atMost(PATIENCE)
                .until(() -> is("(() => { const all = [...document.querySelectorAll('#alarm-list li')];"
                        + " const done = all.map(li => li.classList.contains('is-done'));"
                        + " return done.includes(true) && done.join() === [...done].sort().join(); })()"));
        browser.value("document.querySelector('#alarm-list [aria-expanded]').focus()");
        browser.press("Enter");
        await().atMost(PATIENCE)
                .until(() -> is("document.activeElement.getAttribute('aria-expanded') === 'true'"
                        + " && document.activeElement.closest('li').querySelector('img').naturalWidth > 0"));
        for (int width : List.of(1280, 390, 360)) {
            browser.size(width, width > 600 ? 860 : 844);
            browser.value("document.querySelector('.alarms').scrollIntoView()");
            assertThat(browser.value("document.documentElement.scrollWidth").asInt())
                    .as("at " + width)
                    .isLessThanOrEqualTo(width);
            if (width != 360) {
                picture("alarms" + (width > 600 ? "-desktop" : "-phone"));
            }
        }
        browser.size(1280, 860);
        browser.press("Enter");
        assertThat(is("document.activeElement.closest('li').querySelector('img').hidden"))
                .isTrue();
        browser.value("scrollTo(0, 0)");
    }

    /** States are made up for this; the next snapshot, half a second later, has the true one again. Text is never markup. */
    @Test
    @Order(2)
    void shouldSayWhyThereAreNoAlarms() throws Exception {
        JsonNode said =
                browser.value("import('/alarms.js').then(alarms => [['NO_RULES', []], ['READING', []], ['KNOWN', []],"
                        + " ['LOST', []], ['KNOWN', [{id: 'x', rule: '<i>r</i>', camera: 'c', label: '<b>cat</b>', probability: 0.5,"
                        + " raisedAtMillis: 0, source: 'f-0-1', clearedAtMillis: 5000, isRuleGone: true}]]].map(([state, cleared]) => {"
                        + " alarms.snapshot({state, topic: '<u>alarms</u>', why: 'no broker', on: [], cleared, hidden: 0});"
                        + " return document.getElementById('alarm-empty').textContent + '|' +"
                        + " document.getElementById('alarm-list').textContent; }))");
        assertThat(said.get(0).asText()).contains("There are no rules.", "rules.file=FILE");
        assertThat(said.get(1).asText()).isEqualTo("Reading <u>alarms</u> …|");
        assertThat(said.get(2).asText()).isEqualTo("None on <u>alarms</u>.|");
        assertThat(said.get(3).asText()).contains("cannot be read", "no broker");
        assertThat(said.get(4).asText())
                .startsWith("|cleared<i>r</i>c<b>cat</b> 50 %")
                .contains("for 5 s, until its rule was changed");
    }

    /** As above: made up, and looked at before the next snapshot comes. */
    @Test
    @Order(2)
    void shouldKeepWhichAlarmsWereSeenUntilTheyAreOver() throws Exception {
        JsonNode said = browser.value("import('/alarms.js').then(alarms => {"
                + " const bell = id => ({id, rule: id, camera: 'c', label: 'cat', probability: 0.5, raisedAtMillis: 0, source: 'f-0-1',"
                + " clearedAtMillis: null, isRuleGone: false});"
                + " const content = on => ({state: 'KNOWN', topic: 't', why: '', on: on.map(bell), cleared: [], hidden: 0});"
                + " const both = content(['one', 'two']);"
                + " const button = id => document.querySelector(`[aria-label='Seen: ${id} for c']`);"
                + " const look = () => [document.getElementById('alarm-new').hidden ? 'none' :"
                + " document.getElementById('alarm-new').textContent, document.title,"
                + " document.getElementById('alarm-count').textContent,"
                + " document.querySelectorAll('#alarm-list .badge.alarm.seen').length, alarms.rulesOn(both).get('c').isSeen,"
                + " JSON.parse(localStorage.getItem('patchstream.alarms.seen') ?? '[]').length].join('|');"
                + " alarms.snapshot(both); const all = [look()];"
                + " button('one').click(); all.push(look());"
                + " button('two').click(); all.push(look());"
                + " button('one').click(); all.push(look());"
                + " alarms.snapshot(content(['one'])); all.push(look());"
                + " return all; })");
        assertThat(said)
                .extracting(JsonNode::asText)
                .containsExactly(
                        "2 alarms|(2) Patchstream|2 are on|0|false|0",
                        "1 alarm|(1) Patchstream|2 are on, 1 seen|1|false|1",
                        "none|Patchstream|2 are on, 2 seen|2|true|2",
                        "1 alarm|(1) Patchstream|2 are on, 1 seen|1|false|1",
                        "1 alarm|(1) Patchstream|1 is on|0|false|0");
    }

    @Test
    @Order(2)
    void shouldLayAttentionOverThePictureThatWasAskedAbout() throws Exception {
        choose("live");
        browser.value("document.querySelector('.look-at').focus()");
        browser.press("Enter");

        await().atMost(PATIENCE).until(() -> is("!document.getElementById('attention-map').hidden"));
        assertThat(is("document.getElementById('attention').open")).isTrue();
        assertThat(browser.value("document.getElementById('attention-of').textContent")
                        .asText())
                .startsWith(browser.value(
                                        "document.querySelector('.look-at').closest('.tile').querySelector('h2').textContent")
                                .asText()
                        + ", the picture of ");
        assertThat(browser.value("document.getElementById('attention-map').width")
                        .asInt())
                .isGreaterThan(3);
        assertThat(browser.value("document.getElementById('attention-map').getAttribute('aria-label')")
                        .asText())
                .matches("Where “.+” came from\\. Of (\\d+) × \\1 patches most comes from row \\d+, column \\d+ .*");
        assertThat(browser.value("document.getElementById('attention-told').textContent")
                        .asText())
                .contains("Attention rollout over", "heads", "demo-explain.onnx", "The explain file says the same");
        // The brightest field is where the words say.
        assertThat(is("(() => { const map = document.getElementById('attention-map'); const side = map.width;"
                        + " const bytes = map.getContext('2d').getImageData(0, 0, side, side).data;"
                        + " const said = /row (\\d+), column (\\d+)/.exec(map.getAttribute('aria-label'));"
                        + " const at = 4 * ((said[1] - 1) * side + (said[2] - 1));"
                        + " return bytes[at] === 254 && bytes[at + 1] === 232 && bytes[at + 2] === 56; })()"))
                .isTrue();
        // The camera goes on, the picture that was asked about stays.
        String asked =
                browser.value("document.getElementById('attention-image').src").asText();
        await().atMost(PATIENCE)
                .until(() -> !browser.value("document.querySelector('.tile img').src")
                        .asText()
                        .equals(asked));
        assertThat(browser.value("document.getElementById('attention-image').src")
                        .asText())
                .isEqualTo(asked);
        browser.value("(() => { const opacity = document.getElementById('attention-opacity'); opacity.value = '20';"
                + " opacity.dispatchEvent(new Event('input', {bubbles: true})); })()");
        assertThat(is("document.getElementById('attention-map').style.opacity === '0.2'"
                        + " && document.getElementById('attention-percent').textContent === '20 %'"))
                .isTrue();
        browser.value("(() => { const opacity = document.getElementById('attention-opacity'); opacity.value = '65';"
                + " opacity.dispatchEvent(new Event('input', {bubbles: true})); })()");
        for (int width : List.of(1280, 390, 360)) {
            browser.size(width, width > 600 ? 860 : 844);
            assertThat(is("(box => box.left >= 0 && box.right <= " + width
                            + " && box.bottom <= innerHeight)(document.getElementById('attention').getBoundingClientRect())"
                            + " && document.getElementById('attention').scrollWidth"
                            + " <= document.getElementById('attention').clientWidth"))
                    .as("at " + width)
                    .isTrue();
            if (width != 360) {
                picture("attention" + (width > 600 ? "-desktop" : "-phone"));
            }
        }
        browser.size(1280, 860);

        browser.press("Escape");

        assertThat(is("!document.getElementById('attention').open"
                        + " && document.activeElement === document.querySelector('.look-at')"))
                .isTrue();
    }

    /** Answers are made up for this: no explain file, and a processor that does not answer. */
    @Test
    @Order(2)
    void shouldSayWhyThereIsNoAttention() throws Exception {
        browser.value("(() => { window.realFetch = window.fetch; window.fetch = path => String(path).startsWith("
                + "'/api/attention') ? Promise.resolve(Response.json({missing: 'No explain file <b>here</b>'}))"
                + " : window.realFetch(path); document.querySelector('.look-at').click(); })()");
        String told = "document.getElementById('attention-told').textContent";
        await().atMost(PATIENCE).until(() -> is(told + " === 'No explain file <b>here</b>'"));
        assertThat(is("document.getElementById('attention-map').hidden"
                        + " && document.getElementById('attention-controls').hidden"))
                .isTrue();
        browser.value("document.getElementById('attention-close').click()");

        browser.value("window.fetch = () => Promise.reject(new TypeError('gone'));"
                + " document.querySelector('.look-at').click()");
        await().atMost(PATIENCE).until(() -> is(told + " === 'The processor does not answer. It may have stopped.'"));
        browser.value("document.getElementById('attention-close').click(); window.fetch = window.realFetch");
    }

    @Test
    @Order(3)
    void shouldDrawThePipelineAndTellOfDeadLettersAndTheModel() throws Exception {
        choose("pipeline");

        await().atMost(PATIENCE)
                .until(() -> is("document.querySelectorAll('.letters li').length > 0"
                        + " && document.querySelectorAll('.chart circle').length > 0"
                        + " && document.querySelector('.card-model').textContent.includes('SHA-256')"));
        assertThat(browser.value("document.querySelector('.flow').textContent").asText())
                .contains("patchstream.frames", "patchstream.labels");
    }

    @Test
    @Order(4)
    void shouldReadTheDeadLettersTopicAndSendOneInAgainOnce() throws Exception {
        choose("pipeline");
        assertThat(browser.value("document.querySelector('.card-dead-letters .asked').textContent")
                        .asText())
                .isEqualTo("Not asked yet.");
        press("dead-letters");
        await().atMost(PATIENCE)
                .until(() -> is("document.querySelectorAll('.card-dead-letters .letters li').length > 0"));
        assertThat(text("dead-letters", ".asked")).startsWith("As of ");
        assertThat(text("dead-letters", ".counts")).contains("/");
        String reason = browser.value("document.querySelector('.card-dead-letters .letters b').textContent")
                .asText();
        String chosen = "document.querySelector('.card-dead-letters [data-reason=\"" + reason + "\"]')";
        await().atMost(PATIENCE).until(() -> is("!" + chosen + ".disabled"));
        browser.value(chosen + ".click()");
        assertThat(is(chosen + ".getAttribute('aria-pressed') === 'true' && document.activeElement === " + chosen
                        + " && [...document.querySelectorAll('.card-dead-letters .letters b')].every(b => b.textContent"
                        + " === '" + reason + "')"))
                .isTrue();
        browser.value(chosen + ".click()");
        assertThat(is(chosen + ".getAttribute('aria-pressed') === 'false'")).isTrue();
        String place = text("dead-letters", ".letters p.muted").split(" ", 2)[0];
        assertThat(place).matches("[0-9]+:[0-9]+");

        browser.value("document.querySelector('.card-dead-letters .letters button').click()");

        await().atMost(PATIENCE).until(() -> is("document.querySelector('.card-dead-letters .told') !== null"));
        assertThat(text("dead-letters", ".told")).isEqualTo("1 sent in again, 0 before, 0 refused.");
        String button = "document.querySelector('[aria-label$=\": " + place + "\"]')";
        assertThat(is(button + ".disabled && " + button + ".textContent === 'Sent in again'"))
                .isTrue();
        // It dies again, and says so.
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            press("dead-letters");
            return text("dead-letters", ".card-body").contains("sent in again once before");
        });
    }

    @Test
    @Order(5)
    void shouldCheckTheLedgerAndListSubjectsOfTheRegistry() throws Exception {
        choose("pipeline");
        await().atMost(PATIENCE).until(() -> is("document.querySelectorAll('.subjects li').length === 4"));
        assertThat(text("subjects", ".card-body"))
                .contains("patchstream.labels-value", "patchstream.frames-value", "version 1", "Classification");

        press("ledger");

        await().atMost(PATIENCE).until(() -> is("document.querySelector('.verdict') !== null"));
        assertThat(text("ledger", ".verdict")).startsWith("Balanced");
        // What is in flight comes in, and dead letters among it.
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            press("ledger");
            return text("ledger", ".facts").matches(".*labelled[1-9].*dead-lettered[1-9].*");
        });
        await().atMost(PATIENCE).until(() -> is("!document.querySelector('.card-ledger .button').disabled"));
        assertThat(text("ledger", ".asked")).startsWith("As of ");
    }

    private static void press(String card) throws Exception {
        browser.value("document.querySelector('.card-" + card + " .bar .button').click()");
    }

    private static String text(String card, String within) throws Exception {
        return browser.value("document.querySelector('.card-" + card + " " + within + "').textContent")
                .asText();
    }

    /** Answers of the desk are made up for this: an empty topic, findings, a refusal; text is never markup. */
    @Test
    @Order(6)
    void shouldTellOfNothingOfWrongsAndOfFailures() throws Exception {
        choose("pipeline");
        browser.value("(() => { window.realFetch = window.fetch; const made = {'/api/dead-letters':"
                + " {deadLetters: {topic: 'dead', letters: [], reasons: {}, read: 0, complete: true}},"
                + " '/api/ledger': {ledger: {group: 'g', balanced: false, records: 9, labelled: 8, dropped: 0,"
                + " deadLettered: 0, inFlight: 2, wrong: 7, bytesRead: 5, partitions: [{partition: '<i>f</i>-0', records: 9,"
                + " inFlight: 2, wrong: 7, findings: ['offset 4 lacks an answer']}]}}};"
                + " window.fetch = (path, options) => made[path] ? Promise.resolve(new Response(JSON.stringify({...made[path],"
                + " atMillis: 0, tookMillis: 3}))) : path === '/api/subjects' ? Promise.resolve(new"
                + " Response('{\"problem\": \"no schema registry answers\"}', {status: 502})) : window.realFetch(path,"
                + " options); })()");

        for (String card : List.of("dead-letters", "ledger", "subjects")) {
            press(card);
        }

        await().atMost(PATIENCE)
                .until(() -> is("!document.querySelector('.card-subjects .problem').hidden"
                        + " && document.querySelector('.card-dead-letters .empty') !== null"
                        + " && document.querySelector('.findings') !== null"));
        assertThat(text("dead-letters", ".empty")).isEqualTo("None in dead.");
        assertThat(text("ledger", ".verdict")).isEqualTo("7 missing or too many · 2 offsets in flight");
        assertThat(text("ledger", ".findings"))
                .contains("<i>f</i>-0 offset 4 lacks an answer")
                .contains("and 6 more");
        assertThat(text("subjects", ".problem")).isEqualTo("no schema registry answers");
        // What was known before is still there.
        assertThat(text("subjects", ".card-body")).contains("patchstream.labels-value");

        browser.value("window.fetch = window.realFetch");
        press("subjects");
        press("ledger");
        await().atMost(PATIENCE)
                .until(() -> is("document.querySelector('.card-subjects .problem').hidden"
                        + " && document.querySelector('.verdict').textContent.startsWith('Balanced')"));
        press("dead-letters");
        await().atMost(PATIENCE)
                .until(() -> is("document.querySelectorAll('.card-dead-letters .letters li').length > 0"
                        + " && [...document.querySelectorAll('.card .bar h2 ~ .button')].every(b => !b.disabled)"));
    }

    @Test
    @Order(7)
    void shouldLabelAPictureThatIsDroppedAndShowItsPixels() throws Exception {
        choose("try");
        // A picture that the page shows is dropped, as a file would be.
        browser.value("(() => { const data = atob(document.querySelector('.tile img').src.split(',')[1]); const file ="
                + " new File([Uint8Array.from(data, c => c.charCodeAt(0))], 'tile.jpg', {type: 'image/jpeg'}); const"
                + " transfer = new DataTransfer(); transfer.items.add(file);"
                + " document.getElementById('drop').dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles:"
                + " true})); })()");

        await().atMost(PATIENCE)
                .until(() -> is("document.querySelectorAll('.pixels').length === 1"
                        + " && document.querySelector('.pixels').naturalWidth > 0"
                        + " && document.querySelector('.said h2').textContent.length > 0"));

        browser.value("document.querySelector('.said .button').click()");

        await().atMost(PATIENCE).until(() -> is("!document.getElementById('attention-map').hidden"));
        assertThat(browser.value("document.getElementById('attention-of').textContent")
                        .asText())
                .isEqualTo("tile.jpg");
        browser.value("document.getElementById('attention-close').click()");
    }

    @Test
    @Order(8)
    void shouldFindFramesLikeAnother() throws Exception {
        choose("search");
        await().atMost(PATIENCE).until(() -> is("document.querySelectorAll('#search-recent .frame').length > 4"));

        browser.value("document.querySelector('#search-recent .frame').click()");

        await().atMost(PATIENCE).until(() -> is("document.querySelectorAll('.found .frame').length > 2"));
        List<Double> cosines = new java.util.ArrayList<>();
        browser.value("[...document.querySelectorAll('.found .frame .muted')].map(m => Number(m.textContent.split('·"
                        + " ')[1]))")
                .forEach(cosine -> cosines.add(cosine.asDouble()));
        assertThat(cosines).isSortedAccordingTo(java.util.Comparator.reverseOrder());

        browser.value("(() => { const camera = document.getElementById('filter-camera'); camera.value = 'cam-2';"
                + " camera.dispatchEvent(new Event('change', {bubbles: true})); })()");
        await().atMost(PATIENCE)
                .until(() ->
                        is("(frames => frames.length > 0 && frames.every(frame => frame.textContent.startsWith('cam-2"
                                + " ·')))([...document.querySelectorAll('#search-recent .muted')])"));
        browser.value("(() => { const camera = document.getElementById('filter-camera'); camera.value = '';"
                + " camera.dispatchEvent(new Event('change', {bubbles: true})); })()");
    }

    @Test
    @Order(9)
    void shouldFitAPhoneAndBothThemes() throws Exception {
        for (int width : List.of(1280, 390, 360)) {
            browser.size(width, width > 600 ? 860 : 844);
            for (String tab : TABS) {
                choose(tab);
                browser.value("document.activeElement.blur(); scrollTo(0, 0)");
                assertThat(browser.value("document.documentElement.scrollWidth").asInt())
                        .as(tab + " at " + width)
                        .isLessThanOrEqualTo(width);
                assertThat(browser.value("document.querySelectorAll('.tile').length")
                                .asInt())
                        .isEqualTo(4);
                if (width != 360) {
                    Thread.sleep(400); // For the bars to come to rest; nothing is judged by it.
                    picture(tab + (width > 600 ? "-desktop" : "-phone"));
                    if (tab.equals("pipeline")) {
                        browser.size(width, width > 600 ? 1040 : 844);
                        browser.value("document.querySelector('.card-" + (width > 600 ? "letters" : "dead-letters")
                                + "').scrollIntoView()");
                        picture("desk" + (width > 600 ? "-desktop" : "-phone"));
                        browser.size(width, width > 600 ? 860 : 844);
                    }
                }
            }
        }
        browser.size(1280, 860);
        choose("live");
        browser.dark(true);
        assertThat(browser.value("getComputedStyle(document.body).backgroundColor")
                        .asText())
                .isEqualTo("rgb(22, 23, 21)");
        picture("live-dark");
        browser.value("document.getElementById('theme').click()");
        assertThat(browser.value("getComputedStyle(document.body).backgroundColor")
                        .asText())
                .isEqualTo("rgb(246, 245, 242)");
        browser.value("document.getElementById('theme').click()");
    }

    @Test
    @Order(10)
    void shouldHaveComplainedOfNothingAndAskedNobodyElse() {
        String origin = address.substring(0, address.indexOf("/#"));

        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests())
                .hasSizeGreaterThan(8)
                .allMatch(request -> request.startsWith(origin) || request.startsWith("data:image/"));
    }

    @Test
    @Order(11)
    void shouldSayWhatIsMissingWithoutTheToken() throws Exception {
        browser.value("sessionStorage.clear()");
        browser.open(address.substring(0, address.indexOf('#')));

        await().atMost(PATIENCE)
                .until(() -> is("document.getElementById('notice')?.hidden === false"
                        + " && document.getElementById('notice').textContent.includes('#token=')"));
    }

    @Test
    @Order(12)
    void shouldSayThatTheProcessorHasStopped() throws Exception {
        if (!demo.isDone()) {
            browser.open("about:blank");
            browser.open(address);
            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> is("document.getElementById('status-text').textContent === 'Offline'"));
            assertThat(is("document.body.classList.contains('is-offline')")).isTrue();
            choose("pipeline");
            assertThat(is("[...document.querySelectorAll('.card .button')].length >= 3"
                            + " && [...document.querySelectorAll('.card .button')].every(button => button.disabled)"))
                    .isTrue();
        }
        assertThat(demo.get()).isZero();
    }
}
