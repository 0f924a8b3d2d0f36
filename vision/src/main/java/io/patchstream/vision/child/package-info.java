/**
 * Decoding in a process of its own: the program that runs there, and what it says and hears on its standard streams. Who
 * starts and replaces it lies with the engine.
 */
package io.patchstream.vision.child;
