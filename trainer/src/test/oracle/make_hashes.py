"""Difference hashes by imagehash, with Pillow's bilinear filter in place of Lanczos.

    python make_hashes.py ../../../../vision/src/test/resources/golden/pictures > ../resources/hashes.tsv

The pictures are the golden ones of the vision module.
"""
import sys
from pathlib import Path

import imagehash
from PIL import Image, ImageOps

imagehash.ANTIALIAS = Image.BILINEAR
NAMES = ["photo*", "jpeg-*", "png-rgb-*", "png-la-*", "webp-lossy-*", "webp-lossless-*", "bmp-*"]
files = sorted({file for name in NAMES for file in Path(sys.argv[1]).glob(name) if "31x45" in file.name or "photo" in file.name})
for file in files:
    image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
    bits = imagehash.dhash(image).hash.flatten()
    print(f"{file.name}\t{int(''.join('01'[int(bit)] for bit in bits), 2):016x}")
