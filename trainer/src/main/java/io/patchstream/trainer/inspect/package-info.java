/**
 * What a model looks at: its patch filters, positions, attention and embeddings, as numbers and as pictures. On Java memory
 * alone. N patches, D the hidden size, h heads, L blocks, T tokens with class token and registers.
 */
package io.patchstream.trainer.inspect;
