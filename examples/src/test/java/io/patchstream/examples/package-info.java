/** What is shown to users is run. */
package io.patchstream.examples;
