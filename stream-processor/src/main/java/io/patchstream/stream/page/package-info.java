/**
 * The live page: what a processor sees and how it fares, in a browser. It looks on from the side: answers pass a tap on
 * their way to the stream threads, and whatever the page cannot take at once it leaves out.
 */
package io.patchstream.stream.page;
