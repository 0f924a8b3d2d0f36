"""What `export --to timm` and `export --to hf` write, loaded by timm and transformers themselves. Every tensor must find its
place, and the logits must be those in golden.npz beside it (within 1e-5); with --write they are put there, and
ForeignFormTest holds our own answers against them. Opt-in:

    pip install numpy torch timm transformers safetensors && python trainer/src/test/oracle/check_exports.py [--write] [FOLDER...]
"""
import pathlib
import sys

import numpy
import timm
import torch
import transformers

ROOT = pathlib.Path(__file__).parent.parent / "resources" / "foreign"
TOLERANCE = 1e-5


def load_timm(folder):
    model = timm.create_model(f"local-dir:{folder}", pretrained=True)
    settings = timm.data.resolve_model_data_config(model)
    return model.eval(), settings["mean"], settings["std"], settings["input_size"][1], lambda output: output


def load_transformers(folder):
    model, report = transformers.AutoModelForImageClassification.from_pretrained(folder, output_loading_info=True)
    for kind, names in report.items():
        assert not names, f"{folder}: {kind} {names}"
    settings = transformers.AutoImageProcessor.from_pretrained(folder)
    side = model.config.image_size
    return model.eval(), settings.image_mean, settings.image_std, side, lambda output: output.logits


def check(folder, write):
    load = load_timm if folder.name.endswith("timm") else load_transformers
    model, mean, std, side, logits_of = load(folder)
    pixels = numpy.random.default_rng(7).integers(0, 256, (3, side, side, 3), dtype=numpy.uint8)
    scaled = (pixels.astype(numpy.float32) / 255 - numpy.float32(mean)) / numpy.float32(std)
    with torch.no_grad():
        logits = logits_of(model(torch.from_numpy(scaled).permute(0, 3, 1, 2).contiguous())).numpy()
    golden = folder / "golden.npz"
    if write:
        numpy.savez_compressed(golden, pixels=pixels, logits=logits)
    difference = numpy.abs(numpy.load(golden)["logits"] - logits).max() if golden.exists() else float("nan")
    print(f"{folder.name}: {type(model).__name__}, logits up to {numpy.abs(logits).max():.3g}, within {difference:.2g}")
    assert not golden.exists() or difference <= TOLERANCE


def main(arguments):
    print(f"timm {timm.__version__}, transformers {transformers.__version__}, torch {torch.__version__}")
    write = "--write" in arguments
    named = [pathlib.Path(argument) for argument in arguments if argument != "--write"]
    for folder in named or sorted(path for path in ROOT.iterdir() if path.is_dir()):
        check(folder, write)


if __name__ == "__main__":
    main(sys.argv[1:])
