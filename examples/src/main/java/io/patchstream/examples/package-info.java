/** What a data engineer writes on top of Patchstream; shown in {@code docs/clients.md}. */
package io.patchstream.examples;
