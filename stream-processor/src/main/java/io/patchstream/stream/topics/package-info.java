/** Which topics the settings mean, and how the broker should keep each. */
package io.patchstream.stream.topics;
