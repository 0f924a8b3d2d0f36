/** Classes from jars of the user's own: {@code plugin.path}. Each path is a class loader that the rest does not see. */
package io.patchstream.stream.plugins;
