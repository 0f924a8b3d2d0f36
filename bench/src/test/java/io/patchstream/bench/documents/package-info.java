/** The documentation held against what it speaks of: commands, settings, links, names. */
package io.patchstream.bench.documents;
