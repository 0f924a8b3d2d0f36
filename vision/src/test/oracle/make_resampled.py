"""Makes resampled.tsv: what Pillow makes of synthetic pictures of many sizes, as SHA-256 of the pixels.

    python vision/src/test/oracle/make_resampled.py > vision/src/test/resources/golden/resampled.tsv

Needs Pillow and NumPy; the build never runs it. SyntheticPicture.java draws the same pictures.
Without antialiasing (Pillow has no such mode) the oracle is the NumPy code below: Pillow's kernel and rounding, but
the kernel never widens.
"""
import hashlib
import math
import sys

import numpy as np
import PIL
from PIL import Image

FILTERS = {"BILINEAR": Image.Resampling.BILINEAR, "BICUBIC": Image.Resampling.BICUBIC}


def picture(height, width):
    """Bands of 16 rows in turn: noise, black-and-white noise, a gradient."""
    y, x, c = np.meshgrid(
        np.arange(height, dtype=np.uint64), np.arange(width, dtype=np.uint64), np.arange(3, dtype=np.uint64),
        indexing="ij")
    mask = np.uint64(0xFFFFFFFF)
    h = (x * np.uint64(0x9E3779B1) + y * np.uint64(0x85EBCA77) + c * np.uint64(0xC2B2AE3D)) & mask
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(0x2C1B3C6D)) & mask
    h ^= h >> np.uint64(12)
    noise = h & np.uint64(0xFF)
    hard = np.where(noise < np.uint64(128), np.uint64(0), np.uint64(255))
    gradient = (x * np.uint64(3) + y * np.uint64(2) + c * np.uint64(85)) & np.uint64(0xFF)
    band = (y // np.uint64(16)) % np.uint64(3)
    return np.where(band == 0, noise, np.where(band == 1, hard, gradient)).astype(np.uint8)


def kernel(name, x):
    x = abs(x)
    if name == "BILINEAR":
        return 1.0 - x if x < 1.0 else 0.0
    a = -0.5
    if x < 1.0:
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1
    if x < 2.0:
        return (((x - 5) * x + 8) * x - 4) * a
    return 0.0


def point_weights(name, size_in, size_out):
    support = 1.0 if name == "BILINEAR" else 2.0
    scale = size_in / size_out
    matrix = np.zeros((size_out, size_in), dtype=np.int64)
    for i in range(size_out):
        centre = (i + 0.5) * scale
        first = max(int(centre - support + 0.5), 0)
        end = min(int(centre + support + 0.5), size_in)
        w = [kernel(name, x - centre + 0.5) for x in range(first, end)]
        total = sum(w)
        for k, v in enumerate(w):
            v = v / total * (1 << 22)
            matrix[i, first + k] = int(v - 0.5) if v < 0 else int(v + 0.5)
    return matrix


def mix(matrix, pixels):
    flat = pixels.reshape(pixels.shape[0], -1).astype(np.float64)  # Sums stay below 2^53: exact.
    sums = (matrix.astype(np.float64) @ flat).astype(np.int64) + (1 << 21)
    return np.clip(sums >> 22, 0, 255).astype(np.uint8).reshape(matrix.shape[0], *pixels.shape[1:])


def resize(pixels, height, width, name, antialias):
    if antialias:
        return np.asarray(Image.fromarray(pixels).resize((width, height), FILTERS[name], reducing_gap=None))
    if pixels.shape[0] - height > max(0, 2 * (pixels.shape[1] - width)):  # Pillow 13's order of the passes
        down = mix(point_weights(name, pixels.shape[0], height), pixels)
        return np.swapaxes(mix(point_weights(name, pixels.shape[1], width), np.swapaxes(down, 0, 1)), 0, 1)
    across = np.swapaxes(mix(point_weights(name, pixels.shape[1], width), np.swapaxes(pixels, 0, 1)), 0, 1)
    return mix(point_weights(name, pixels.shape[0], height), across)


def shortest_side(pixels, resize_to, height, width, name, antialias):
    """torchvision's Resize(resize_to) and CenterCrop((height, width))."""
    h, w = pixels.shape[:2]
    if w <= h:
        new_w, new_h = resize_to, int(resize_to * h / w)
    else:
        new_w, new_h = int(resize_to * w / h), resize_to
    whole = resize(pixels, new_h, new_w, name, antialias)
    top = int(round((new_h - height) / 2.0))
    left = int(round((new_w - width) / 2.0))
    return np.ascontiguousarray(whole[top:top + height, left:left + width])


SOURCES = [(1, 1), (1, 7), (3, 7), (7, 3), (2, 300), (300, 2), (31, 33), (63, 65), (100, 100), (217, 333), (224, 224),
           (224, 640), (333, 217), (375, 500), (480, 640), (500, 120), (721, 1281), (1080, 1920), (1920, 1080)]
SQUASHES = [(1, 1), (5, 9), (32, 32), (224, 224), (255, 257), (384, 384)]
CROPS = [(32, 32, 32), (36, 32, 32), (256, 224, 224), (257, 224, 224), (249, 224, 224), (60, 47, 33)]


def main():
    out = sys.stdout
    out.write(f"# Pillow {PIL.__version__}; made by make_resampled.py\n")
    out.write("# source height, width; resize, resizeTo, height, width, interpolation, antialias; SHA-256\n")
    for source in SOURCES:
        pixels = picture(*source)
        for name in FILTERS:
            for antialias in (True, False):
                for h, w in SQUASHES:
                    write(out, source, "SQUASH", h, h, w, name, antialias, resize(pixels, h, w, name, antialias))
                for to, h, w in CROPS:
                    if not antialias and math.prod(source) < 1000 and max(source) / min(source) > 50:
                        continue  # The dense NumPy oracle would need gigabytes.
                    write(out, source, "SHORTEST_SIDE", to, h, w, name, antialias,
                          shortest_side(pixels, to, h, w, name, antialias))


def write(out, source, mode, to, h, w, name, antialias, result):
    assert result.shape == (h, w, 3), result.shape
    digest = hashlib.sha256(result.tobytes()).hexdigest()
    out.write("\t".join(map(str, [*source, mode, to, h, w, name, str(antialias).lower(), digest])) + "\n")


main()
