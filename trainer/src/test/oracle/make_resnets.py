"""BiT ResNets and hybrids, as timm and Google name them: names and shapes, and the answers of timm's code, for weights and
pixels that a formula gives (`drawn`), so that no weights need to be kept. Writes into trainer/src/test/resources/resnets.

    pip install numpy torch timm && python trainer/src/test/oracle/make_resnets.py

With --rounding it writes nothing, and says how far timm's own float32 is from its float64, over pixels that differ in their last bits.
"""
import copy
import json
import pathlib
import shutil
import sys
import tempfile
import zlib
from functools import partial

import numpy
import timm.models.resnetv2 as resnetv2
import timm.models.vision_transformer as vision_transformer
import torch
from timm.layers import GroupNormAct, StdConv2d, StdConv2dSame
from timm.models.vision_transformer_hybrid import HybridEmbed

ROOT = pathlib.Path(__file__).parent.parent / "resources" / "resnets"
SIDE = 64


def uniform(name, count):
    """In [-0.5, 0.5), by a hash of name and index; the same in GeneratedTensors.java."""
    x = numpy.arange(count, dtype=numpy.uint64) * 2654435761 + zlib.crc32(name.encode())
    for shift, factor in ((15, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x &= 0xFFFFFFFF
        x = (x ^ (x >> numpy.uint64(shift))) * numpy.uint64(factor)
    return (x & numpy.uint64(0xFFFFFFFF)).astype(numpy.float64) / 2 ** 32 - 0.5


def drawn(name, shape):
    norm = name.endswith(("scale", "gamma")) or "norm" in name and name.endswith("weight")
    values = uniform(name, int(numpy.prod(shape))) * (0.5 if len(shape) > 1 else 0.2) + (1 if norm else 0)
    return values.astype(numpy.float32).reshape(shape)


PIXELS = numpy.floor((uniform("pixels", 2 * SIDE * SIDE * 3) + 0.5) * 256).reshape(2, SIDE, SIDE, 3)
IMAGE = torch.from_numpy(((PIXELS / 255 - 0.5) / 0.5).astype(numpy.float32)).permute(0, 3, 1, 2).contiguous()


def fill(model):
    for name, parameter in model.named_parameters():
        parameter.data = torch.from_numpy(drawn(name, tuple(parameter.shape)))
    return model.eval()


def rounding(name, model):
    double, random = copy.deepcopy(model).double(), numpy.random.default_rng(1)
    for layout in (torch.contiguous_format, torch.channels_last):
        errors = []
        for _ in range(40):
            towards = random.choice([-9., 9.], IMAGE.shape).astype(numpy.float32)
            image = torch.from_numpy(numpy.nextafter(IMAGE.numpy(), towards))
            answer = model(image.contiguous(memory_format=layout)).double()
            errors.append((answer - double(image.double())).abs().max().item())
        print(f"{name} {layout}: {min(errors):.1e} to {max(errors):.1e}, median {numpy.median(errors):.1e}")


def write(name, shapes, model):
    if "--rounding" in sys.argv:
        return rounding(name, model)
    path = ROOT / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    (path / "tensors.json").write_text(json.dumps({key: list(shape) for key, shape in shapes.items()}, indent=0))
    model = model.double()  # so that the rounding is ours alone
    features = model.forward_features(IMAGE.double())
    numpy.savez_compressed(path / "golden.npz", logits=model.forward_head(features).numpy().astype(numpy.float32),
                           embedding=model.forward_head(features, pre_logits=True).numpy().astype(numpy.float32))


def timm_shapes(model):
    return {name: value.shape for name, value in model.state_dict().items()}


class PaperConv(StdConv2dSame):
    """vit_jax's StdConv: the epsilon stands beside the deviation."""

    def forward(self, x):
        w = self.weight
        w = (w - w.mean((1, 2, 3), keepdim=True)) / (w.std((1, 2, 3), keepdim=True, unbiased=False) + 1e-5)
        x = self.same_pad_forward(x)
        return torch.nn.functional.conv2d(x, w, None, self.stride)

    def same_pad_forward(self, x):
        from timm.layers import pad_same
        return pad_same(x, self.kernel_size, self.stride)


def bit(layers, epsilon=1e-8):
    return resnetv2.ResNetV2(layers, channels=(128, 256, 512, 1024)[:4], stem_chs=32, num_classes=5, stem_type="fixed",
                             conv_layer=partial(StdConv2d, eps=epsilon))


def hybrid(layers, patch=1, conv=partial(StdConv2dSame, eps=1e-8), epsilon=1e-5, act="gelu"):
    norm = partial(GroupNormAct, num_groups=32, eps=epsilon)
    if layers:
        trunk = resnetv2.ResNetV2(layers, channels=(128, 256, 512, 1024)[:len(layers)], stem_chs=32, num_classes=0, global_pool="",
                                  preact=False, stem_type="same", conv_layer=conv, norm_layer=norm)
    else:
        trunk = resnetv2.create_resnetv2_stem(3, 32, stem_type="same", preact=False, conv_layer=conv, norm_layer=norm)
    return vision_transformer.VisionTransformer(
        img_size=SIDE, patch_size=patch, embed_dim=8, depth=1, num_heads=2, mlp_ratio=2, num_classes=5, act_layer=act,
        embed_layer=partial(HybridEmbed, backbone=trunk))


def google_bit_shapes(model):
    names = {}
    for name, value in model.state_dict().items():
        parts = name.split(".")
        hwio = tuple(value.permute(2, 3, 1, 0).shape) if value.ndim == 4 else tuple(value.shape)
        affine = {"weight": "gamma", "bias": "beta"}
        if name == "stem.conv.weight":
            google = "resnet/root_block/standardized_conv2d/kernel"
        elif parts[0] == "norm":
            google = f"resnet/group_norm/{affine[parts[1]]}"
        elif parts[0] == "head":
            google = "resnet/head/conv2d/" + ("kernel" if parts[-1] == "weight" else "bias")
        else:
            unit = f"resnet/block{int(parts[1]) + 1}/unit{int(parts[3]) + 1:02d}/"
            letter = unit + "abc"[int(parts[4][-1]) - 1] if parts[4] != "downsample" else unit + "a/proj"
            google = f"{letter}/group_norm/{affine[parts[5]]}" if parts[4].startswith("norm") else \
                f"{letter}/standardized_conv2d/kernel"
        names[google] = hwio
    return names


def google_hybrid_shapes(model):
    names = {}
    for name, value in model.state_dict().items():
        parts = name.split(".")
        shape = tuple(value.shape)
        affine = {"weight": "scale", "bias": "bias"}
        if "backbone" in name:
            hwio = tuple(value.permute(2, 3, 1, 0).shape) if value.ndim == 4 else shape
            if parts[2] == "stem":
                google = "conv_root/kernel" if parts[3] == "conv" else f"gn_root/{affine[parts[4]]}"
            else:
                unit = f"block{int(parts[3]) + 1}/unit{int(parts[5]) + 1}/"
                if parts[6] == "downsample":
                    google = unit + ("conv_proj/kernel" if parts[7] == "conv" else f"gn_proj/{affine[parts[8]]}")
                elif parts[6].startswith("conv"):
                    google = f"{unit}{parts[6]}/kernel"
                else:
                    google = f"{unit}gn{parts[6][-1]}/{affine[parts[7]]}"
            names[google] = hwio
    block = "Transformer/encoderblock_0/"
    attention = block + "MultiHeadDotProductAttention_1/"
    for part in ("query", "key", "value"):
        names[f"{attention}{part}/kernel"], names[f"{attention}{part}/bias"] = (8, 2, 4), (2, 4)
    names.update({
        attention + "out/kernel": (2, 4, 8), attention + "out/bias": (8,), "cls": (1, 1, 8),
        "Transformer/posembed_input/pos_embedding": tuple(model.pos_embed.shape),
        "embedding/kernel": (1, 1, model.patch_embed.proj.weight.shape[1], 8), "embedding/bias": (8,),
        block + "MlpBlock_3/Dense_0/kernel": (8, 16), block + "MlpBlock_3/Dense_0/bias": (16,),
        block + "MlpBlock_3/Dense_1/kernel": (16, 8), block + "MlpBlock_3/Dense_1/bias": (8,),
        "head/kernel": (8, 5), "head/bias": (5,)})
    for norm in (block + "LayerNorm_0", block + "LayerNorm_2", "Transformer/encoder_norm"):
        names[norm + "/scale"], names[norm + "/bias"] = (8,), (8,)
    return names


def google(name, model, shapes):
    """Read by timm's own reader of Google's files."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "model.npz"
        numpy.savez(file, **{key: drawn(key, shape) for key, shape in shapes.items()})
        model.load_pretrained(str(file)) if name.startswith("hybrid") else resnetv2._load_weights(model, str(file))
    write(name, shapes, model.eval())


if __name__ == "__main__":
    with torch.no_grad():
        for name, model in (("bit-timm", bit([1, 2, 1, 1])), ("hybrid-timm", hybrid([1, 1, 1, 1])),
                            ("hybrid-extended-timm", hybrid([1, 1, 2])), ("hybrid-root-timm", hybrid([], 8))):
            write(name, timm_shapes(model), fill(model))
        model = bit([1, 2, 1, 1], 1e-10)
        google("bit-npz", model, google_bit_shapes(model))
        model = hybrid([1, 2, 1], 1, PaperConv, 1e-6, "gelu_tanh")
        google("hybrid-npz", model, google_hybrid_shapes(model))
