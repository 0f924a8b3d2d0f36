/**
 * Nearest frames: an index in memory of what lies on the embeddings topic. The topic is the interface and the only store;
 * an index is read from it anew at each start. Vectors of different models lie in different spaces and are never compared.
 *
 * <p>D is the length of a vector, the model's hidden size.
 */
package io.patchstream.stream.index;
