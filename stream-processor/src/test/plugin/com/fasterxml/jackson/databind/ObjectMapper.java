package com.fasterxml.jackson.databind;

/** Another class with the name of one that Patchstream uses, as a plug-in with another version of a library brings it. */
public class ObjectMapper {
    public static final String MARK = "the-plugins-own";
}
