/**
 * What a user can set: typed records whose components carry key, default and sentence, and the loader that fills them.
 * {@code docs/settings.md} is generated from here.
 */
package io.patchstream.stream.settings;
