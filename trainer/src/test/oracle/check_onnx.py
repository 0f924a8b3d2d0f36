"""The exporter's files held against the ONNX project's own checker, and fused against portable on another version of
ONNX Runtime. Opt-in: needs python with onnx, onnxruntime and numpy.

    for f in fused portable; do
        ./patchstream export --random ViT-Ti/16 --seed 1 --flavour $f --out /tmp/$f.onnx
    done
    python trainer/src/test/oracle/check_onnx.py /tmp/fused.onnx /tmp/portable.onnx
"""

import sys

import numpy
import onnx
import onnxruntime


def answers(path):
    onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    side = session.get_inputs()[0].shape[1]
    pixels = numpy.random.default_rng(0).integers(0, 256, (16, side, side, 3), dtype=numpy.uint8)
    alone = session.run(["logits", "embedding"], {"pixels": pixels[:1]})
    for batch in (2, 3, 4, 5, 8, 16):
        together = session.run(["logits", "embedding"], {"pixels": pixels[:batch]})
        for one, many in zip(alone, together):
            assert (one[0] == many[0]).all(), f"{path}: the first of {batch} differs from it alone"
    return alone[0]


def main(paths):
    first = answers(paths[0])
    print(f"{paths[0]}: well-formed, the same bits in every batch, logits up to {numpy.abs(first).max():.4g}")
    for path in paths[1:]:
        difference = numpy.abs(answers(path) - first).max()
        print(f"{path}: well-formed, the same bits in every batch, logits within {difference:.2g} of the first's")


if __name__ == "__main__":
    main(sys.argv[1:])
