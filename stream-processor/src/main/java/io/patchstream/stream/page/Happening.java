package io.patchstream.stream.page;

/** Something that the page is told of. */
sealed interface Happening permits Sighting, Publication {}
