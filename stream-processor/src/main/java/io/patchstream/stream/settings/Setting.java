package io.patchstream.stream.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a record component a setting; the only place where its key, default and sentence are written. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** The key in files and after {@code --set}. */
    String key();

    /** The default, as a user would write it; empty where there is none. */
    String or() default "";

    /** What it does, in a sentence for the user. */
    String says();
}
