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


def levels(means):
    return numpy.clip(numpy.floor(means / 32), 0, 7).astype(numpy.int64) @ numpy.array([64, 8, 1])  # top three of eight bits


def patches_of(pixels):
    patches = pixels.reshape(BATCH, GRID, PATCH, GRID, PATCH, 3).astype(numpy.float64)
    return patches.transpose(0, 1, 3, 2, 4, 5).reshape(-1, PATCH, PATCH, 3)


def colours(pixels):
    return levels(patches_of(pixels).mean(axis=(1, 2)))


def cells(pixels):
    patches = patches_of(pixels).reshape(-1, 4, PATCH // 4, 4, PATCH // 4, 3)
    return levels(patches.mean(axis=(2, 4))).reshape(-1, 16)


def head(random, outputs, width):
    scale = 0.5 if outputs >= CLASSES else 0.02
    return random.normal(0, scale, (outputs, width)).astype(numpy.float32), random.normal(0, scale, outputs).astype(numpy.float32)


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
    image = torch.from_numpy((pixels.astype(numpy.float32) / 255 - 0.5) / 0.5).permute(0, 3, 1, 2).contiguous()
    wanted = colours(pixels)
    with torch.no_grad():
        tokens = model.patch_embed(image).reshape(-1, width)
        table = torch.cat([tokens, torch.from_numpy(mask)])
        tokens = table[torch.from_numpy(source)].reshape(BATCH, patches, width)
        seen = model.norm(model.blocks(model.norm_pre(model._pos_embed(tokens))))[:, 1:].reshape(-1, width)
        seen = seen[torch.from_numpy(corrupted)].numpy().astype(numpy.float32)
    golden = dict(pixels=pixels, colours=wanted, source=source, corrupted=corrupted, mask=mask)
    for name, outputs, target in (
        ("mean_colour", CLASSES, wanted[corrupted].reshape(-1)),
        ("colours_4x4", 16 * CLASSES, cells(pixels)[corrupted].reshape(-1)),
        ("pixels", 3 * PATCH * PATCH, patches_of(pixels)[corrupted].reshape(len(corrupted), -1) / 127.5 - 1),
    ):
        weight, bias = head(random, outputs, width)
        # Some answers are right: those of patches like the first.
        if name == "pixels":
            bias += target[0].astype(numpy.float32)
        else:
            first = target[: outputs // CLASSES]
            bias[numpy.arange(len(first)) * CLASSES + first] += 6
        predicted = seen @ weight.T + bias
        if name == "pixels":
            loss = numpy.mean((predicted - target) ** 2)
            means = (predicted.reshape(len(corrupted), -1, 3).mean(axis=1) + 1) * 127.5
            right = numpy.mean(levels(means) == wanted[corrupted])
        else:
            logits = predicted.reshape(-1, CLASSES)
            loss = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(target)).item()
            right = numpy.mean(logits.argmax(axis=1) == target)
        golden |= {f"{name}.weight": weight, f"{name}.bias": bias, f"{name}.loss": numpy.float32([loss]), f"{name}.right": numpy.float32([right])}
        print(f"{name}: loss {loss:.6f}, right {right:.4f}")
    folder = RESOURCES / "objective"
    folder.mkdir(exist_ok=True)
    save_file({name: numpy.ascontiguousarray(array) for name, array in golden.items()}, folder / "masked-patches.safetensors")


if __name__ == "__main__":
    main()
