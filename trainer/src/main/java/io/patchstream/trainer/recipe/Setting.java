package io.patchstream.trainer.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** One key of a recipe, on the record component that holds its value. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
    String key();

    /** The value when the recipe has none. */
    String value();

    /** What it is, in a sentence. */
    String says();
}
