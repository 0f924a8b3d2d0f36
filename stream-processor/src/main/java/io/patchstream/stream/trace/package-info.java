/**
 * Spans of frames, by OpenTelemetry: made where a collector is named, and nothing at all otherwise. The only package that knows
 * OpenTelemetry. Losing a span never costs a frame.
 */
package io.patchstream.stream.trace;
