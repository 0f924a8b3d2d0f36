package io.patchstream.trainer.recipe;

import java.util.List;

/** A recipe that cannot be used, with all its problems. */
public final class RecipeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RecipeException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
