/** The verbs of who runs it: {@code doctor}, {@code topics} and {@code acls}; each finding with the command that mends it. */
package io.patchstream.stream.operate;
