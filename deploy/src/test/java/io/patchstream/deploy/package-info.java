/** Checks of what deploys Patchstream, without a container engine or a cluster: files against what they configure. */
package io.patchstream.deploy;
