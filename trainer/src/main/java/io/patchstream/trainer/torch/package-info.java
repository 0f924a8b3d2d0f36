/** libtorch itself: how it is set up in a process, and what every user of it needs. */
package io.patchstream.trainer.torch;
