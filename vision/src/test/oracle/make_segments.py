"""Makes src/test/resources/golden/segments: short segments of video by x264 and x265, and their pictures by NumPy.

    python vision/src/test/oracle/make_segments.py vision/src/test/resources/golden/segments

For each segment a .npz with the first and the last picture as RGB: decoded by FFmpeg, chroma enlarged by repetition, converted in double
precision by the stream's matrix. Needs PyAV (`pip install av`) and NumPy; the build never runs it.
"""
import pathlib
import sys

import av
import numpy as np

OUT = pathlib.Path(sys.argv[1])
H, W, PICTURES = 64, 96, 6
MATRICES = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}


def picture(t):
    y, x = np.mgrid[0:H, 0:W]
    base = np.stack([128 + 90 * np.sin((x + 3 * t) / 17 + y / 31), 128 + 80 * np.cos(x / 19 - (y + 2 * t) / 23),
                     128 + 70 * np.sin((x + y + t) / 25)], -1)
    return np.clip(base, 0, 255).astype(np.uint8)


def encode(name, container_format, codec, options, matrix="bt601", full=False):
    with av.open(str(OUT / name), "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=25, options={k: str(v) for k, v in options.items()})
        stream.width, stream.height, stream.pix_fmt = W, H, "yuv420p"
        stream.codec_context.thread_count = 1
        context = stream.codec_context
        context.colorspace = 1 if matrix == "bt709" else 6
        context.color_range = 2 if full else 1
        for t in range(PICTURES):
            frame = av.VideoFrame.from_ndarray(picture(t), format="rgb24").reformat(
                format="yuv420p", dst_colorspace=1 if matrix == "bt709" else 5, dst_color_range=2 if full else 1)
            frame.pts = t
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    pictures = []
    with av.open(str(OUT / name)) as container:
        for frame in container.decode(video=0):
            pictures.append(rgb(frame, matrix, full))
    assert len(pictures) == PICTURES, (name, len(pictures))
    np.savez_compressed(OUT / (name + ".npz"), rgb=np.stack([pictures[0], pictures[-1]]))


def rgb(frame, matrix, full):
    planes = [np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[:, :p.width].astype(np.float64)
              for p in frame.planes]
    luma, cb, cr = planes[0], *(p.repeat(2, 0).repeat(2, 1)[:H, :W] for p in planes[1:])
    if full:
        luma, cb, cr = luma / 255, (cb - 128) / 255, (cr - 128) / 255
    else:
        luma, cb, cr = (luma - 16) / 219, (cb - 128) / 224, (cr - 128) / 224
    kr, kb = MATRICES[matrix]
    red = luma + 2 * (1 - kr) * cr
    blue = luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.rint(np.stack([red, green, blue], -1) * 255), 0, 255).astype(np.uint8)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    x264 = dict(crf=12, g=50, keyint_min=50, bf=2, **{"x264-params": "open-gop=0:scenecut=0"})
    x265 = dict(crf=12, **{"x265-params": "keyint=50:bframes=2:open-gop=0:scenecut=0:log-level=none:pools=none:info=0"})
    encode("plain.h264", "h264", "libx264", x264)
    encode("bt709.h264", "h264", "libx264", x264, matrix="bt709")
    encode("full.h264", "h264", "libx264", x264, full=True)
    encode("plain.h265", "hevc", "libx265", x265)
    encode("h264.mp4", "mp4", "libx264", x264)
    encode("h265.mp4", "mp4", "libx265", x265)
    encode("h264.mkv", "matroska", "libx264", x264)
    encode("h265.mkv", "matroska", "libx265", x265)
    encode("h264.ts", "mpegts", "libx264", x264)
    encode("h265.ts", "mpegts", "libx265", x265)


main()
