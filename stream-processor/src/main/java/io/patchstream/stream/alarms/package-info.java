/**
 * Alarms, once they are on their topic: listed, or told to a webhook, one after the other and each at least once. Also the
 * rules file, held against a model before anything runs.
 */
package io.patchstream.stream.alarms;
