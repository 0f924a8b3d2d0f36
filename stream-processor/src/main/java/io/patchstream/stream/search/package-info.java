/** The verb {@code search}: frames that look like a picture, like another frame, or that a filter takes. */
package io.patchstream.stream.search;
