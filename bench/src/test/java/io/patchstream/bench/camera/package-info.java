/** A camera that speaks RTSP, and what becomes of its pictures when it misbehaves. */
package io.patchstream.bench.camera;
