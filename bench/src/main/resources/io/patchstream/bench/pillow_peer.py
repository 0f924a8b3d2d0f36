"""Decodes a picture and resizes it to side x side (bicubic, as the contract says), again and again; prints CPU-ms each."""
import io
import json
import sys
import time

import PIL
from PIL import Image

path, side, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
data = open(path, "rb").read()


def once():
    Image.open(io.BytesIO(data)).convert("RGB").resize((side, side), Image.Resampling.BICUBIC).tobytes()


once()
count, start, cpu = 0, time.perf_counter(), time.process_time()
while time.perf_counter() - start < seconds:
    once()
    count += 1
print(json.dumps({"cpu_ms": (time.process_time() - cpu) * 1000 / count, "version": PIL.__version__}))
