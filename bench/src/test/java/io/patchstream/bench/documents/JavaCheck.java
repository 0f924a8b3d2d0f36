package io.patchstream.bench.documents;

import io.patchstream.bench.documents.Page.Block;
import io.patchstream.bench.documents.Page.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Java of a page: each block is a compilation unit, and compiles; or it is an excerpt, and stands in a source
 * of the examples module, which the build compiles.
 */
final class JavaCheck {
    private final Path classes;

    /** @param classes a folder for what comes out */
    JavaCheck(Path classes) {
        this.classes = classes;
    }

    List<String> problems(Page page) {
        List<String> problems = new ArrayList<>();
        for (Block block : page.blocks()) {
            if (block.language().equals("java") && !isExcerpt(block)) {
                compile(block).forEach(problem -> problems.add(page.at(new Span("", block.line())) + " " + problem));
            }
        }
        return problems;
    }

    private static boolean isExcerpt(Block block) {
        String wanted = bare(String.join("", block.lines()));
        try (Stream<Path> files = Files.walk(Repository.ROOT.resolve("examples/src"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .anyMatch(file -> bare(Repository.text(file)).contains(wanted));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without white space: a page breaks lines where it likes. */
    private static String bare(String code) {
        return code.replaceAll("\\s+", "");
    }

    private List<String> compile(Block block) {
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Block.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreErrors) {
                        return String.join("\n", block.lines());
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiled = compiler.getTask(null, null, said, options, null, List.of(source))
                .call();
        return compiled
                ? List.of()
                : said.getDiagnostics().stream()
                        .map(one ->
                                "does not compile, line " + one.getLineNumber() + ": " + one.getMessage(Locale.ROOT))
                        .toList();
    }
}
