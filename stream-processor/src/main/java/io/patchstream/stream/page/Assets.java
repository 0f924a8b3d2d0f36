package io.patchstream.stream.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The page's own files, from the class path. They hold nothing secret. */
final class Assets {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");
    private static final String[] NAMES = {
        "index.html",
        "page.css",
        "page.js",
        "dom.js",
        "link.js",
        "live.js",
        "alarms.js",
        "attention.js",
        "pipeline.js",
        "desk.js",
        "try.js",
        "search.js",
        "icon.svg"
    };

    private final Map<String, Reply> byPath = new HashMap<>();

    Assets() {
        for (String name : NAMES) {
            byPath.put(
                    "/" + name, new Reply(Reply.OK, TYPES.get(name.substring(name.lastIndexOf('.') + 1)), read(name)));
        }
        byPath.put("/", byPath.get("/index.html"));
    }

    private static byte[] read(String name) {
        try (InputStream in = Assets.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the page's " + name + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    Optional<Reply> at(String path) {
        return Optional.ofNullable(byPath.get(path));
    }
}
