/**
 * The demo: a broker, a registry, cameras, the processor and a reader in one process, and the books that are kept of every
 * frame: what went in against what came out. A composition root: it knows all packages, none knows it.
 */
package io.patchstream.stream.demo;
