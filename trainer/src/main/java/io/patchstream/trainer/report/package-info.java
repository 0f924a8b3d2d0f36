/** A training's report: one HTML file that opens offline, with everything in it. */
package io.patchstream.trainer.report;
