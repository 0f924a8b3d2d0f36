"""Makes src/test/resources/golden/pictures: small pictures of many kinds, and what Pillow makes of them.

    python vision/src/test/oracle/make_golden.py vision/src/test/resources/golden/pictures

decoded.tsv: file, height, width, SHA-256 of exif_transpose(open(file)).convert("RGB").
prepared.tsv: file, resize, resizeTo, height, width, interpolation, SHA-256 of that, resized (and cropped) by Pillow.
Needs Pillow and NumPy; the build never runs it.
"""
import hashlib
import pathlib
import struct
import sys
import warnings
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps

OUT = pathlib.Path(sys.argv[1])
RNG = np.random.default_rng(20261123)
SMALL = [(1, 1), (3, 7), (31, 45)]
FILTERS = {"BILINEAR": Image.Resampling.BILINEAR, "BICUBIC": Image.Resampling.BICUBIC}
XMP = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
       b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>')


def photo(h, w, noise=10.0):
    y, x = np.mgrid[0:h, 0:w]
    waves = np.stack([128 + 100 * np.sin(x / 17 + y / 31), 128 + 90 * np.cos(x / 9 - y / 23),
                      128 + 80 * np.sin((x + y) / 13)], -1)
    shapes = np.where(((x // 37 + y // 29) % 5 == 0)[..., None], 255 - waves, waves)
    return np.clip(shapes + RNG.normal(0, noise, (h, w, 3)), 0, 255).astype(np.uint8)


def natural(h, w):
    """Noise with the spectrum of a photograph: amplitude falls as 1/f."""
    f = np.hypot(np.fft.fftfreq(h)[:, None], np.fft.rfftfreq(w)[None])
    f[0, 0] = 1

    def field():
        spectrum = (RNG.normal(size=f.shape) + 1j * RNG.normal(size=f.shape)) / f ** 1.1
        values = np.fft.irfft2(spectrum, (h, w))
        return values / values.std()

    light = field()
    return np.clip(np.stack([128 + 45 * light + 12 * field() for _ in range(3)], -1), 0, 255).astype(np.uint8)


def write(name, data):
    (OUT / name).write_bytes(data)


def save(name, image, **options):
    image.save(OUT / name, **options)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def noise_rows(h, w, bits):
    n = (w * bits + 7) // 8
    return b"".join(b"\0" + RNG.integers(0, 256, n, dtype=np.uint8).tobytes() for _ in range(h))


def adam7(h, w, bits):
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b""
    for x0, y0, dx, dy in passes:
        columns, lines = (w - x0 + dx - 1) // dx, (h - y0 + dy - 1) // dy
        if columns > 0 and lines > 0:
            rows += noise_rows(lines, columns, bits)
    return rows


def png(name, h, w, depth, colour, rows, extra=b"", interlace=0):
    header = struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, interlace)
    write(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows))
          + chunk(b"IEND", b""))


def jpegs(h, w, t):
    image = Image.fromarray(photo(h, w))
    for subsampling in (0, 1, 2):
        save(f"jpeg-{subsampling}-{t}.jpg", image, subsampling=subsampling, quality=85)
        save(f"jpeg-progressive-{subsampling}-{t}.jpg", image, subsampling=subsampling, quality=75, progressive=True)
        save(f"jpeg-cmyk-{subsampling}-{t}.jpg", image.convert("CMYK"), subsampling=subsampling, quality=85)
        data = bytearray((OUT / f"jpeg-cmyk-{subsampling}-{t}.jpg").read_bytes())
        adobe = data.index(b"Adobe")
        write(f"jpeg-cmyk-plain-{subsampling}-{t}.jpg", data[:adobe - 4] + data[adobe + 12:])
        data[adobe + 11] = 2
        write(f"jpeg-ycck-{subsampling}-{t}.jpg", data)
    save(f"jpeg-grey-{t}.jpg", image.convert("L"))
    save(f"jpeg-rgb-{t}.jpg", image, keep_rgb=True)
    save(f"jpeg-restart-{t}.jpg", image, restart_marker_blocks=1)
    save(f"jpeg-trailing-{t}.jpg", image)
    write(f"jpeg-trailing-{t}.jpg", (OUT / f"jpeg-trailing-{t}.jpg").read_bytes() + b"trailing bytes")
    for orientation in range(0, 10):
        save(f"jpeg-exif{orientation}-{t}.jpg", image, exif=exif(orientation))
    save(f"jpeg-cmyk-exif6-{t}.jpg", image.convert("CMYK"), exif=exif(6))
    save(f"jpeg-xmp6-{t}.jpg", image, xmp=XMP)
    save(f"jpeg-exif3-xmp6-{t}.jpg", image, xmp=XMP, exif=exif(3))


def pngs(h, w, t):
    pixels = photo(h, w)
    image = Image.fromarray(pixels)
    alpha = Image.fromarray(np.dstack([pixels, RNG.integers(0, 256, (h, w), dtype=np.uint8)]))
    save(f"png-rgb-{t}.png", image)
    save(f"png-rgb-transparent-{t}.png", image, transparency=tuple(int(v) for v in pixels[0, 0]))
    save(f"png-grey-transparent-{t}.png", image.convert("L"), transparency=int(pixels[0, 0, 0]))
    save(f"png-rgba-{t}.png", alpha)
    save(f"png-la-{t}.png", alpha.convert("LA"))
    for colours in (2, 16, 256):
        palette = image.quantize(colours)
        save(f"png-palette{colours}-{t}.png", palette)
        save(f"png-palette{colours}-transparent-{t}.png", palette, transparency=0)
        save(f"png-palette{colours}-translucent-{t}.png", palette, transparency=bytes([0, 128]))
    for orientation in (3, 6):
        save(f"png-exif{orientation}-{t}.png", image, exif=exif(orientation))
    for depth, colour, channels in ((1, 0, 1), (2, 0, 1), (4, 0, 1), (8, 0, 1), (16, 0, 1), (8, 2, 3), (16, 2, 3),
                                    (1, 3, 1), (2, 3, 1), (4, 3, 1), (8, 3, 1), (8, 4, 2), (16, 4, 2), (8, 6, 4),
                                    (16, 6, 4)):
        name = f"depth{depth}-colour{colour}-{t}.png"
        palette = b""
        if colour == 3:
            palette = chunk(b"PLTE", RNG.integers(0, 256, 3 * (1 << depth), dtype=np.uint8).tobytes())
        gamma = chunk(b"gAMA", struct.pack(">I", 100000))
        rows = noise_rows(h, w, depth * channels)
        png("png-plain-" + name, h, w, depth, colour, rows, palette)
        png("png-gamma-" + name, h, w, depth, colour, rows, gamma + palette)
        png("png-interlaced-" + name, h, w, depth, colour, adam7(h, w, depth * channels), palette, 1)
        if colour in (0, 2):
            key = struct.pack(">H", 1) if colour == 0 else struct.pack(">HHH", 1, 2, 3)
            png("png-key-" + name, h, w, depth, colour, rows, chunk(b"tRNS", key))


def webps(h, w, t):
    pixels = photo(h, w)
    image = Image.fromarray(pixels)
    alpha = Image.fromarray(np.dstack([pixels, RNG.integers(0, 256, (h, w), dtype=np.uint8)]))
    for name, options in (("lossy", dict(quality=80)), ("lossless", dict(lossless=True)),
                          ("exact", dict(lossless=True, exact=True))):
        save(f"webp-{name}-{t}.webp", image, **options)
        save(f"webp-{name}-alpha-{t}.webp", alpha, **options)
    for orientation in (5, 8):
        save(f"webp-exif{orientation}-{t}.webp", image, exif=exif(orientation))
    save(f"webp-xmp6-{t}.webp", image, xmp=XMP)


def bmps(h, w, t):
    pixels = photo(h, w)
    image = Image.fromarray(pixels)
    save(f"bmp-rgb-{t}.bmp", image)
    save(f"bmp-grey-{t}.bmp", image.convert("L"))
    save(f"bmp-1bit-{t}.bmp", image.convert("1"))
    save(f"bmp-palette-{t}.bmp", image.quantize(200))
    save(f"bmp-rgba-{t}.bmp", Image.fromarray(np.dstack([pixels, RNG.integers(0, 256, (h, w), dtype=np.uint8)])))
    rows = b"".join(pixels[y, :, ::-1].tobytes().ljust((w * 3 + 3) // 4 * 4, b"\0") for y in range(h))
    bitmap(f"bmp-topdown-{t}.bmp", h, w, 24, rows, top_down=True)
    indices = (w * 4 + 31) // 32 * 4 * h
    bitmap(f"bmp-4bit-{t}.bmp", h, w, 4, RNG.integers(0, 256, indices, dtype=np.uint8).tobytes(),
           palette=RNG.integers(0, 256, 64, dtype=np.uint8).tobytes())
    rows = (w * 16 + 31) // 32 * 4 * h
    bitmap(f"bmp-555-{t}.bmp", h, w, 16, RNG.integers(0, 256, rows, dtype=np.uint8).tobytes())
    bitmap(f"bmp-565-{t}.bmp", h, w, 16, RNG.integers(0, 256, rows, dtype=np.uint8).tobytes(),
           masks=(0xF800, 0x7E0, 0x1F))
    bitmap(f"bmp-32-{t}.bmp", h, w, 32, RNG.integers(0, 256, 4 * h * w, dtype=np.uint8).tobytes())
    bitmap(f"bmp-xrgb-{t}.bmp", h, w, 32, RNG.integers(0, 256, 4 * h * w, dtype=np.uint8).tobytes(),
           masks=(0xFF0000, 0xFF00, 0xFF))
    grey = np.asarray(image.convert("L"))
    runs = b"".join(b"".join(bytes([1, v]) for v in row) + b"\0\0" for row in grey) + b"\0\1"
    ramp = b"".join(bytes([i, 255 - i, i // 2, 0]) for i in range(256))
    bitmap(f"bmp-rle8-{t}.bmp", h, w, 8, runs, palette=ramp, compression=1)


def bitmap(name, h, w, bits, rows, palette=b"", masks=None, top_down=False, compression=0):
    extra = struct.pack("<III", *masks) if masks else palette
    head = struct.pack("<IiiHHIIiiII", 40, w, -h if top_down else h, 1, bits, 3 if masks else compression, len(rows),
                       2835, 2835, len(palette) // 4, 0)
    start = 14 + len(head) + len(extra)
    write(name, b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + head + extra + rows)


def shortest_side(image, resize_to, height, width, name):
    """torchvision's Resize(resize_to) and CenterCrop((height, width))."""
    w, h = image.size
    size = (resize_to, int(resize_to * h / w)) if w <= h else (int(resize_to * w / h), resize_to)
    whole = np.asarray(image.resize(size, FILTERS[name], reducing_gap=None))
    top, left = int(round((size[1] - height) / 2.0)), int(round((size[0] - width) / 2.0))
    return np.ascontiguousarray(whole[top:top + height, left:left + width])


def digest(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    for h, w in SMALL:
        for make in (jpegs, pngs, webps, bmps):
            make(h, w, f"{h}x{w}")
    save("webp-animated.webp", Image.fromarray(photo(40, 50)), save_all=True,
         append_images=[Image.fromarray(photo(40, 50))])
    save("png-animated.png", Image.fromarray(photo(40, 50)), save_all=True,
         append_images=[Image.fromarray(photo(40, 50))])
    large = [("photo-333x217.jpg", (333, 217), dict(quality=90)),
             ("photo-480x640.jpg", (480, 640), dict(quality=85)),
             ("photo-200x900.webp", (200, 900), dict(quality=80)),
             ("photo-217x333.png", (217, 333), {}),
             ("photo-1080x1920.jpg", (1080, 1920), dict(quality=80)),
             ("photo-800x300-exif6.jpg", (800, 300), dict(quality=80, exif=exif(6)))]
    for name, size, options in large:
        pixels = natural(*size) if size == (1080, 1920) else photo(*size, noise=3.0)
        save(name, Image.fromarray(pixels), **options)

    warnings.simplefilter("ignore")
    decoded = [f"# Pillow {PIL.__version__}; made by make_golden.py: file, height, width, SHA-256"]
    prepared = [f"# Pillow {PIL.__version__}; made by make_golden.py: "
                "file, resize, resizeTo, height, width, interpolation, SHA-256"]
    chosen = {name for name, _, _ in large}
    for file in sorted(OUT.iterdir()):
        image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
        pixels = np.asarray(image)
        decoded.append("\t".join(map(str, (file.name, *pixels.shape[:2], digest(pixels)))))
        if file.name in chosen or "31x45" in file.name:
            for name in FILTERS:
                for side in ((32, 224, 384) if file.name in chosen else (32,)):
                    squashed = image.resize((side, side), FILTERS[name], reducing_gap=None)
                    prepared.append("\t".join(map(str, (
                        file.name, "SQUASH", side, side, side, name, digest(np.asarray(squashed))))))
                    to = side * 8 // 7
                    prepared.append("\t".join(map(str, (
                        file.name, "SHORTEST_SIDE", to, side, side, name,
                        digest(shortest_side(image, to, side, side, name))))))
    (OUT / "decoded.tsv").write_text("\n".join(decoded) + "\n")
    (OUT / "prepared.tsv").write_text("\n".join(prepared) + "\n")


main()
