/**
 * Watch: what a running processor says of itself over HTTP, for orchestrators, Prometheus and people. Reads what the others
 * count already, when it is asked; costs frames nothing.
 */
package io.patchstream.stream.watch;
