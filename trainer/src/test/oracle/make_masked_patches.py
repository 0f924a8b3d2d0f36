"""Masked patch prediction by timm's Vision Transformer and NumPy: colours, logits and loss for a given corruption of the
committed model foreign/plain-timm. Writes trainer/src/test/resources/objective/masked-patches.safetensors.

    pip install numpy torch timm safetensors && python trainer/src/test/oracle/make_masked_patches.py
"""
import pathlib

import numpy
import timm
import torch
from safetensors.numpy import save_file

RESOURCES = pathlib.Path(__file__).parent.parent / "resources"
GRID, PATCH, CLASSES, BATCH = 4, 4, 512, 2


def colours(pixels):
    patches = pixels.reshape(BATCH, GRID, PATCH, GRID, PATCH, 3).astype(numpy.float64)
    levels = numpy.floor(patches.mean(axis=(2, 4)) / 32).astype(numpy.int64)  # top three of eight bits
    return (levels @ numpy.array([64, 8, 1])).reshape(-1)


def main():
    random = numpy.random.default_rng(17)
    model = timm.create_model(f"local-dir:{RESOURCES / 'foreign' / 'plain-timm'}", pretrained=True).eval()
    width, patches = model.embed_dim, GRID * GRID
    pixels = random.integers(0, 256, (BATCH, GRID * PATCH, GRID * PATCH, 3), dtype=numpy.uint8)
    pixels[0, :8] //= 3
    pixels[1] |= 128
    corrupted = numpy.concatenate([numpy.sort(random.permutation(patches)[: patches // 2]) + i * patches for i in range(BATCH)])
    source = numpy.arange(BATCH * patches)
    source[corrupted] = numpy.where(random.random(len(corrupted)) < 0.8, BATCH * patches, corrupted)
    source[corrupted[1]] = corrupted[1] // patches * patches + 15 - corrupted[1] % patches
    mask = random.normal(0, 0.5, (1, width)).astype(numpy.float32)
    weight = random.normal(0, 0.5, (CLASSES, width)).astype(numpy.float32)
    bias = random.normal(0, 0.5, CLASSES).astype(numpy.float32)

    image = torch.from_numpy((pixels.astype(numpy.float32) / 255 - 0.5) / 0.5).permute(0, 3, 1, 2).contiguous()
    wanted = colours(pixels)
    with torch.no_grad():
        tokens = model.patch_embed(image).reshape(-1, width)
        table = torch.cat([tokens, torch.from_numpy(mask)])
        tokens = table[torch.from_numpy(source)].reshape(BATCH, patches, width)
        seen = model.norm(model.blocks(model.norm_pre(model._pos_embed(tokens))))[:, 1:].reshape(-1, width)
        logits = seen[torch.from_numpy(corrupted)] @ torch.from_numpy(weight).T + torch.from_numpy(bias)
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(wanted[corrupted]))
    folder = RESOURCES / "objective"
    folder.mkdir(exist_ok=True)
    golden = dict(pixels=pixels, colours=wanted, source=source, corrupted=corrupted, mask=mask, weight=weight, bias=bias)
    golden.update(logits=logits.numpy(), loss=loss.numpy().reshape(1))
    save_file({name: numpy.ascontiguousarray(array) for name, array in golden.items()}, folder / "masked-patches.safetensors")
    print(f"loss {loss:.6f}, colours {sorted(set(wanted.tolist()))[:8]}")


if __name__ == "__main__":
    main()
