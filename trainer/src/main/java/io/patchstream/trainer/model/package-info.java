/**
 * The Vision Transformer of Dosovitskiy et al. 2021 ("An Image is Worth 16x16 Words") and the convolutional tokenizer of
 * Hassani et al. 2021 (compact transformers), on libtorch.
 *
 * <p>Shapes, here and in every file of this package: B batch, N patches, D hidden size, h heads, M MLP size, L layers, K
 * classes, P patch size, H and W image height and width. Parameters carry timm's names
 * ({@code blocks.0.attn.qkv.weight}).
 */
package io.patchstream.trainer.model;
