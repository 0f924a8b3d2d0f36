"""Shards in WebDataset's layout, by Python's tarfile, and what their members are.

    python make_shards.py ../resources/shards
"""
import hashlib
import io
import sys
import tarfile

from PIL import Image

out = sys.argv[1]


def picture(form, seed):
    image = Image.new("RGB", (6, 4))
    image.putdata([((seed * 40 + 9 * i) % 256, (7 * i) % 256, seed * 20) for i in range(24)])
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


LONG = "a-folder-with-a-long-name/" * 5 + "x" * 80  # over 100 bytes, and its last part over 100 with the ending
FIT = "a-folder-with-a-long-name/" * 5 + "x" * 60  # ustar splits it


def members(long):
    return [
        ("0001.jpg", picture("JPEG", 1)),
        ("0001.cls", b"cat"),
        ("0002.png", picture("PNG", 2)),
        ("0002.json", b'{"label": "dog", "group": "yard", "width": 6}'),
        ("sub/0003.jpeg", picture("JPEG", 3)),
        ("sub/0003.txt", b"a caption\n"),
        (long + ".webp", picture("WEBP", 4)),
        (long + ".cls", b"cow"),
    ]


for name, form, long in (
    ("gnu", tarfile.GNU_FORMAT, LONG),
    ("pax", tarfile.PAX_FORMAT, LONG + "-\u00fc"),
    ("ustar", tarfile.USTAR_FORMAT, FIT),
):
    with tarfile.open(f"{out}/{name}.tar", "w", format=form) as tar, open(f"{out}/{name}.tsv", "w") as tsv:
        folder = tarfile.TarInfo("sub")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for member, content in members(long):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
            tsv.write(f"{member}\t{hashlib.sha256(content).hexdigest()}\n")
