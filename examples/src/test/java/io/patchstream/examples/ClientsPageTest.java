package io.patchstream.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/clients.md shows is what is compiled and run. */
class ClientsPageTest {
    private static final Path PAGE = Path.of("../docs/clients.md");

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("^```" + language + "\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** Without white space: the page breaks lines where it likes. */
    private static String bare(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void shouldShowJavaThatIsCompiled() throws IOException {
        String compiled = bare(Files.readString(Path.of("src/main/java/io/patchstream/examples/SureLabels.java")))
                + bare(Files.readString(Path.of("src/test/java/io/patchstream/examples/SureLabelsTest.java")));
        assertThat(blocks("java"))
                .hasSize(3)
                .allSatisfy(block -> assertThat(compiled).contains(bare(block)));
    }

    @Test
    void shouldNameTheReleaseThatThisIs() throws IOException {
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(blocks("xml"))
                .singleElement()
                .satisfies(dependency -> assertThat(dependency)
                        .contains("<groupId>io.patchstream</groupId>")
                        .contains("<artifactId>schemas</artifactId>")
                        .contains("<version>" + version.group(1) + "</version>"));
    }
}
