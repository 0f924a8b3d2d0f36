/** Random changes to training pictures, on uint8 pixels in Java memory; each draws from the generator it is handed. */
package io.patchstream.trainer.augment;
