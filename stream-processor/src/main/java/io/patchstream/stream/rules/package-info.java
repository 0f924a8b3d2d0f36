/**
 * Rules on labels: from one picture to the next, by the records' time alone. Knows what is to be remembered, and not where.
 */
package io.patchstream.stream.rules;
