package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.demo.DemoCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 * ui.pictures} it leaves screenshots there; with {@code ui.address} it looks at a demo that runs already.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LivePageUiIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> TABS = List.of("live", "pipeline", "try", "search");

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
                            .execute("--seconds", "90", "--model", "../models/demo/demo-fp32.onnx"),
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
    }

    @Test
    @Order(5)
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
    @Order(6)
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
    @Order(7)
    void shouldHaveComplainedOfNothingAndAskedNobodyElse() {
        String origin = address.substring(0, address.indexOf("/#"));

        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests())
                .hasSizeGreaterThan(8)
                .allMatch(request -> request.startsWith(origin) || request.startsWith("data:image/"));
    }

    @Test
    @Order(8)
    void shouldSayWhatIsMissingWithoutTheToken() throws Exception {
        browser.value("sessionStorage.clear()");
        browser.open(address.substring(0, address.indexOf('#')));

        await().atMost(PATIENCE)
                .until(() -> is("!document.getElementById('notice').hidden"
                        + " && document.getElementById('notice').textContent.includes('#token=')"));
    }

    @Test
    @Order(9)
    void shouldSayThatTheProcessorHasStopped() throws Exception {
        if (!demo.isDone()) {
            browser.open("about:blank");
            browser.open(address);
            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> is("document.getElementById('status-text').textContent === 'Offline'"));
            assertThat(is("document.body.classList.contains('is-offline')")).isTrue();
        }
        assertThat(demo.get()).isZero();
    }
}
