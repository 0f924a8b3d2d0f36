"""Tiny checkpoints of random weights, as timm, transformers and Google's code write them, each with the logits or the
embedding that the family's own code gives for the same pixels. Writes into trainer/src/test/resources/checkpoints.

    pip install numpy scipy torch timm transformers safetensors && python trainer/src/test/oracle/make_checkpoints.py
"""
import argparse
import json
import os
import pathlib
import shutil
from functools import partial

import numpy
import timm.models.deit as deit
import timm.models.vision_transformer as vision_transformer
import torch
import transformers
from safetensors.torch import save_file
from scipy.ndimage import zoom
from timm.layers import SwiGLUPacked, resample_patch_embed

ROOT = pathlib.Path(__file__).parent.parent / "resources" / "checkpoints"
PIXELS = numpy.random.default_rng(7).integers(0, 256, (3, 16, 16, 3), dtype=numpy.uint8)
HALF = ([0.5] * 3, [0.5] * 3)
CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


SIZES = dict(img_size=16, patch_size=4, embed_dim=8, depth=2, num_heads=2, mlp_ratio=2, num_classes=5)


def image(statistics):
    mean, std = (numpy.array(value, numpy.float32) for value in statistics)
    return torch.from_numpy((PIXELS.astype(numpy.float32) / 255 - mean) / std).permute(0, 3, 1, 2).contiguous()


def randomise(model, seed=11):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        scale = 0.25 if parameter.ndim > 1 else 0.1
        one = 1.0 if "norm" in name and name.endswith("weight") else 0.0
        parameter.data = one + scale * torch.randn(parameter.shape, generator=generator)
    return model.eval()


def folder(name):
    path = ROOT / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def golden(path, **outputs):
    arrays = {name: value.detach().numpy().astype(numpy.float32) for name, value in outputs.items()}
    numpy.savez_compressed(path / "golden.npz", pixels=PIXELS, **arrays)


def timm_model(**options):
    return randomise(vision_transformer.VisionTransformer(**{**SIZES, **options}))


def timm_golden(path, model, statistics):
    features = model.forward_features(image(statistics))
    golden(path, logits=model.forward_head(features), embedding=model.forward_head(features, pre_logits=True))


def make_timm():
    path, model = folder("timm-vit"), timm_model()
    save_file(model.state_dict(), path / "model.safetensors")
    timm_golden(path, model, HALF)

    path, model = folder("timm-half-precision"), timm_model()
    model.load_state_dict({name: value.half() for name, value in model.state_dict().items()})
    save_file({name: value.half() for name, value in model.state_dict().items()}, path / "model.safetensors")
    timm_golden(path, model, HALF)

    path, model = folder("deit-pth"), timm_model()
    torch.save({"model": model.state_dict()}, path / "deit.pth")
    timm_golden(path, model, IMAGENET)

    path, model = folder("deit3-pth"), timm_model(no_embed_class=True, init_values=1e-4)
    old = {name.replace("ls1.gamma", "gamma_1").replace("ls2.gamma", "gamma_2"): value
           for name, value in model.state_dict().items()}
    torch.save(old, path / "deit3.pth")
    timm_golden(path, model, IMAGENET)

    path, model = folder("dino-pth"), timm_model(num_classes=0)
    teacher = {"module.backbone." + name: value for name, value in model.state_dict().items()}
    teacher["module.head.mlp.0.weight"] = torch.zeros(2, 8)
    torch.save({"student": {}, "teacher": teacher, "epoch": 3}, path / "dino.pth")
    golden(path, embedding=model(image(IMAGENET)))

    path, model = folder("timm-registers"), timm_model(reg_tokens=3)
    save_file(model.state_dict(), path / "model.safetensors")
    timm_golden(path, model, HALF)

    path, model = folder("no-qkv-bias"), timm_model(qkv_bias=False, class_token=False, global_pool="avg", fc_norm=False)
    save_file(model.state_dict(), path / "model.safetensors")
    timm_golden(path, model, HALF)


def make_google():
    path, model = folder("google-npz"), timm_model(act_layer="gelu_tanh")
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    flax = {"cls": state["cls_token"], "Transformer/posembed_input/pos_embedding": state["pos_embed"],
            "embedding/kernel": state["patch_embed.proj.weight"].transpose(2, 3, 1, 0),
            "embedding/bias": state["patch_embed.proj.bias"],
            "head/kernel": state["head.weight"].T, "head/bias": state["head.bias"],
            "Transformer/encoder_norm/scale": state["norm.weight"], "Transformer/encoder_norm/bias": state["norm.bias"]}
    for i in range(2):
        ours, theirs = f"blocks.{i}.", f"Transformer/encoderblock_{i}/"
        for norm, flax_norm in (("norm1", "LayerNorm_0"), ("norm2", "LayerNorm_2")):
            flax[f"{theirs}{flax_norm}/scale"] = state[f"{ours}{norm}.weight"]
            flax[f"{theirs}{flax_norm}/bias"] = state[f"{ours}{norm}.bias"]
        attention = theirs + "MultiHeadDotProductAttention_1/"
        for j, part in enumerate(("query", "key", "value")):
            rows = slice(8 * j, 8 * j + 8)
            flax[f"{attention}{part}/kernel"] = state[ours + "attn.qkv.weight"][rows].T.reshape(8, 2, 4)
            flax[f"{attention}{part}/bias"] = state[ours + "attn.qkv.bias"][rows].reshape(2, 4)
        flax[attention + "out/kernel"] = state[ours + "attn.proj.weight"].T.reshape(2, 4, 8)
        flax[attention + "out/bias"] = state[ours + "attn.proj.bias"]
        for layer in range(2):
            flax[f"{theirs}MlpBlock_3/Dense_{layer}/kernel"] = state[f"{ours}mlp.fc{layer + 1}.weight"].T
            flax[f"{theirs}MlpBlock_3/Dense_{layer}/bias"] = state[f"{ours}mlp.fc{layer + 1}.bias"]
    numpy.savez(path / "vit.npz", **flax)
    # The oracle is timm's own reader of Google's files, not the model that they were written from.
    read = timm_model(act_layer="gelu_tanh")
    randomise(read, seed=1)
    read.load_pretrained(str(path / "vit.npz"))
    timm_golden(path, read, HALF)

    path = folder("big-vision-npz")
    scanned = {}
    for name, value in flax.items():
        if "encoderblock_0/" in name:
            other = flax[name.replace("encoderblock_0/", "encoderblock_1/")]
            name = name.replace("encoderblock_0/", "encoderblock/").replace("Attention_1/", "Attention_0/")
            name = name.replace("MlpBlock_3", "MlpBlock_0").replace("LayerNorm_2", "LayerNorm_1")
            scanned["params/" + name] = numpy.stack([value, other])
        elif "encoderblock" not in name:
            scanned["params/" + name] = value
    numpy.savez_compressed(path / "vit.npz", **scanned)
    timm_golden(path, read, HALF)


def hugging_face(path, model, processor):
    model.save_pretrained(path, max_shard_size="2KB")
    processor.save_pretrained(path)


def make_hugging_face():
    sizes = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=4)
    names = {i: f"thing {i}" for i in range(5)}

    path = folder("hf-vit")
    config = transformers.ViTConfig(**sizes, intermediate_size=16, id2label=names)
    model = randomise(transformers.ViTForImageClassification(config))
    hugging_face(path, model, transformers.ViTImageProcessor(size={"height": 16, "width": 16}))
    golden(path, logits=model(image(HALF)).logits)

    path = folder("hf-vit-cropped")
    config = transformers.ViTConfig(**sizes, intermediate_size=16, id2label=names, hidden_act="gelu_pytorch_tanh")
    model = randomise(transformers.ViTForImageClassification(config))
    hugging_face(path, model, transformers.DeiTImageProcessor(
        size={"height": 20, "width": 20}, crop_size={"height": 16, "width": 16}, resample=3,
        image_mean=IMAGENET[0], image_std=IMAGENET[1]))
    golden(path, logits=model(image(IMAGENET)).logits)

    path = folder("hf-dinov2")
    model = randomise(transformers.Dinov2Model(transformers.Dinov2Config(**sizes, mlp_ratio=2)))
    hugging_face(path, model, transformers.BitImageProcessor(
        size={"shortest_edge": 18}, crop_size={"height": 16, "width": 16}, resample=3,
        image_mean=IMAGENET[0], image_std=IMAGENET[1]))
    golden(path, embedding=model(image(IMAGENET)).pooler_output)

    path = folder("hf-dinov2-registers")
    config = transformers.Dinov2WithRegistersConfig(**sizes, mlp_ratio=2, num_register_tokens=3)
    model = randomise(transformers.Dinov2WithRegistersModel(config))
    hugging_face(path, model, transformers.BitImageProcessor(
        size={"shortest_edge": 18}, crop_size={"height": 16, "width": 16}, resample=3,
        image_mean=IMAGENET[0], image_std=IMAGENET[1]))
    golden(path, embedding=model(image(IMAGENET)).pooler_output)

    path = folder("hf-mae")
    config = transformers.ViTMAEConfig(
        **sizes, intermediate_size=16, mask_ratio=0.0, decoder_hidden_size=8, decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2, decoder_intermediate_size=16)
    model = randomise(transformers.ViTMAEForPreTraining(config))
    hugging_face(path, model, transformers.ViTImageProcessor(
        size={"height": 16, "width": 16}, resample=3, image_mean=IMAGENET[0], image_std=IMAGENET[1]))
    golden(path, embedding=model.vit(image(IMAGENET)).last_hidden_state[:, 0])


def make_later_timm():
    path, model = folder("timm-distilled"), randomise(deit.VisionTransformerDistilled(**SIZES))
    save_file(model.state_dict(), path / "model.safetensors")
    timm_golden(path, model, IMAGENET)

    path, model = folder("timm-siglip"), timm_model(class_token=False, global_pool="map")
    save_file(model.state_dict(), path / "model.safetensors")
    timm_golden(path, model, HALF)

    path = folder("timm-clip")
    model = timm_model(pre_norm=True, act_layer="quick_gelu", norm_layer=partial(torch.nn.LayerNorm, eps=1e-5))
    save_file(model.state_dict(), path / "model.safetensors")
    (path / "config.json").write_text(json.dumps({"architecture": "vit_base_patch32_clip_quickgelu_224", "pretrained_cfg": {
        "mean": CLIP[0], "std": CLIP[1], "interpolation": "bicubic", "crop_pct": 0.9, "crop_mode": "center"}}))
    timm_golden(path, model, CLIP)

    path = folder("dinov2-giant-pth")
    model = timm_model(mlp_layer=SwiGLUPacked, mlp_ratio=4, act_layer=torch.nn.SiLU, init_values=1e-5, num_classes=0)
    original = {name.replace("mlp.fc1", "mlp.w12").replace("mlp.fc2", "mlp.w3"): value
                for name, value in model.state_dict().items()}
    original["mask_token"] = torch.zeros(1, 8)
    torch.save(original, path / "dinov2.pth")
    golden(path, embedding=model(image(IMAGENET)))


def make_later_google():
    old = dict(numpy.load(ROOT / "google-npz" / "vit.npz"))
    read = timm_model(act_layer="gelu_tanh")
    read.load_pretrained(str(ROOT / "google-npz" / "vit.npz"))
    read.reset_classifier(0)

    path = folder("google-pre-logits-npz")
    generator = numpy.random.default_rng(3)
    draw = lambda *shape: generator.normal(0, 0.3, shape).astype(numpy.float32)
    old.update({"pre_logits/kernel": draw(8, 6), "pre_logits/bias": draw(6), "head/kernel": draw(6, 5), "head/bias": draw(5)})
    numpy.savez(path / "vit.npz", **old)
    # timm leaves pre_logits out; the paper's code is Dense and tanh.
    embedding = torch.tanh(read(image(HALF)) @ torch.from_numpy(old["pre_logits/kernel"]) + torch.from_numpy(old["pre_logits/bias"]))
    golden(path, embedding=embedding,
           logits=embedding @ torch.from_numpy(old["head/kernel"]) + torch.from_numpy(old["head/bias"]))

    path = folder("siglip-npz")
    scanned = dict(numpy.load(ROOT / "big-vision-npz" / "vit.npz"))
    tower = {name.replace("params/", "params/img/"): value for name, value in scanned.items() if not name.endswith("cls")}
    tower["params/img/pos_embedding"] = tower.pop("params/img/Transformer/posembed_input/pos_embedding")[:, 1:]
    head = "params/img/MAPHead_0/"
    for part in ("query", "key", "value"):
        tower[f"{head}MultiHeadDotProductAttention_0/{part}/kernel"] = draw(8, 2, 4)
        tower[f"{head}MultiHeadDotProductAttention_0/{part}/bias"] = draw(2, 4)
    tower[head + "MultiHeadDotProductAttention_0/out/kernel"] = draw(2, 4, 8)
    tower[head + "MultiHeadDotProductAttention_0/out/bias"] = draw(8)
    tower[head + "LayerNorm_0/scale"], tower[head + "LayerNorm_0/bias"] = 1 + draw(8), draw(8)
    tower[head + "MlpBlock_0/Dense_0/kernel"], tower[head + "MlpBlock_0/Dense_0/bias"] = draw(8, 16), draw(16)
    tower[head + "MlpBlock_0/Dense_1/kernel"], tower[head + "MlpBlock_0/Dense_1/bias"] = draw(16, 8), draw(8)
    tower[head + "probe"] = draw(1, 1, 8)
    unpacked = {}
    for name, value in tower.items():  # timm reads layers one by one
        if "encoderblock/" in name:
            for i in range(2):
                unpacked[name.replace("encoderblock/", f"encoderblock_{i}/")] = value[i]
        else:
            unpacked[name] = value
    numpy.savez(path / "vit.npz", **unpacked)
    model = randomise(vision_transformer.VisionTransformer(
        **{**SIZES, "num_classes": 0}, class_token=False, global_pool="map", act_layer="gelu_tanh"), 1)
    model.load_pretrained(str(path / "vit.npz"))
    numpy.savez(path / "vit.npz", **tower)
    golden(path, embedding=model(image(HALF)))


def make_later_hugging_face():
    sizes = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=4)
    crop = dict(size={"shortest_edge": 18}, crop_size={"height": 16, "width": 16}, resample=3)

    path = folder("hf-deit-distilled")
    config = transformers.DeiTConfig(**sizes, intermediate_size=16, id2label={i: f"thing {i}" for i in range(5)})
    model = randomise(transformers.DeiTForImageClassificationWithTeacher(config))
    hugging_face(path, model, transformers.DeiTImageProcessor(
        size={"height": 20, "width": 20}, crop_size={"height": 16, "width": 16}, resample=3,
        image_mean=IMAGENET[0], image_std=IMAGENET[1]))
    golden(path, logits=model(image(IMAGENET)).logits)

    path = folder("hf-dinov2-giant")
    model = randomise(transformers.Dinov2Model(transformers.Dinov2Config(**sizes, mlp_ratio=2, use_swiglu_ffn=True)))
    hugging_face(path, model, transformers.BitImageProcessor(**crop, image_mean=IMAGENET[0], image_std=IMAGENET[1]))
    golden(path, embedding=model(image(IMAGENET)).pooler_output)

    processor = transformers.CLIPImageProcessor(**crop)
    path = folder("hf-clip")
    model = randomise(transformers.CLIPVisionModel(transformers.CLIPVisionConfig(**sizes, intermediate_size=16)))
    hugging_face(path, model, processor)
    golden(path, embedding=model(image(CLIP)).pooler_output)

    path = folder("hf-clip-projection")
    config = transformers.CLIPConfig(
        vision_config=dict(**sizes, intermediate_size=16), projection_dim=6,
        text_config=dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, vocab_size=16,
                         max_position_embeddings=4))
    model = randomise(transformers.CLIPModel(config))
    hugging_face(path, model, processor)
    golden(path, embedding=model.get_image_features(image(CLIP)))

    processor = transformers.SiglipImageProcessor(size={"height": 16, "width": 16})
    path = folder("hf-siglip")
    model = randomise(transformers.SiglipVisionModel(transformers.SiglipVisionConfig(**sizes, intermediate_size=16)))
    hugging_face(path, model, processor)
    golden(path, embedding=model(image(HALF)).pooler_output)

    path = folder("hf-siglip-classifier")
    config = transformers.SiglipConfig(vision_config=dict(**sizes, intermediate_size=16),
                                       text_config=dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2),
                                       id2label={i: f"thing {i}" for i in range(5)})
    model = randomise(transformers.SiglipForImageClassification(config))
    hugging_face(path, model, processor)
    golden(path, logits=model(image(HALF)).logits)


def make_resampled():
    path = folder("resampled")
    grid = torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(3))
    outputs = {"grid": grid.permute(0, 2, 3, 1).reshape(1, 16, 3)}
    for size in (3, 7):
        resized = {
            "BILINEAR": torch.nn.functional.interpolate(grid, size=(size, size), mode="bilinear"),
            "BICUBIC": torch.nn.functional.interpolate(grid, size=(size, size), mode="bicubic"),
            "BICUBIC_ANTIALIAS": torch.nn.functional.interpolate(
                grid, size=(size, size), mode="bicubic", antialias=True),
            "BICUBIC_OFFSET": torch.nn.functional.interpolate(
                grid, scale_factor=((size + 0.1) / 4, (size + 0.1) / 4), mode="bicubic"),
            "ZOOM": torch.from_numpy(zoom(grid.numpy(), (1, 1, size / 4, size / 4), order=1))}
        for name, value in resized.items():
            outputs[f"{name}.{size}"] = value.permute(0, 2, 3, 1).reshape(1, size * size, 3)
    outputs["filter"] = grid
    for size in (3, 7):
        outputs[f"filter.{size}"] = resample_patch_embed(grid, [size, size])
    numpy.savez_compressed(path / "resampled.npz", **{k: v.numpy() for k, v in outputs.items()})


class Caller:
    """Would run a function of the operating system when it is unpickled."""

    def __reduce__(self):
        return os.getcwd, ()


def make_refused():
    path = folder("refused")
    torch.save({"model": {"patch_embed.proj.weight": torch.zeros(8, 3, 4, 4)}, "args": argparse.Namespace(lr=1)},
               path / "namespace.pth")

    torch.save({"patch_embed.proj.weight": torch.zeros(8, 3, 4, 4), "x": Caller()}, path / "caller.pth")


if __name__ == "__main__":
    torch.manual_seed(1)  # MAE shuffles its patches
    with torch.no_grad():
        make_timm()
        make_google()
        make_hugging_face()
        make_later_timm()
        make_later_google()
        make_later_hugging_face()
        make_resampled()
        make_refused()
