/**
 * Moving pictures: reading them from files, cameras and networks, and writing them as JPEG stills, H.264 segments and MP4
 * clips. FFmpeg and OpenCV stay behind it: what comes out is Java memory.
 *
 * <p>One object, one thread: a source or an encoder is used by the thread that made it, except where a method says
 * otherwise. Nothing here takes a lock that another source could hold, so a dead network camera stops nobody else (the
 * reason why JavaCV's grabber, whose {@code start()} locks its whole class, is not used).
 */
package io.patchstream.vision.video;
