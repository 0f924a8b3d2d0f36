"""Tiny models of random weights, one for each architectural option: our own folders (model.json, model.safetensors), with the
logits and embeddings that independent implementations give for the same pixels. Writes into
trainer/src/test/resources/architectures.

    pip install numpy torch timm transformers safetensors && python trainer/src/test/oracle/make_architectures.py [NAME...]

Made with timm 1.0.22, torch 2.6.0 and transformers 4.49.0, whose later releases have no relative keys. With names, those alone.
"""
import json
import pathlib
import shutil
import sys
from functools import partial

import numpy
import timm.models.deit as deit
import timm.models.vision_transformer as vision_transformer
import timm.models.vision_transformer_relpos as relpos
import torch
from safetensors.torch import save_file
from timm.layers import QuickGELU, SwiGLUPacked
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertSelfAttention

from make_checkpoints import HALF, PIXELS, image, randomise

ROOT = pathlib.Path(__file__).parent.parent / "resources" / "architectures"
SIZES = dict(img_size=16, patch_size=4, embed_dim=8, depth=2, num_heads=2, mlp_ratio=2, num_classes=5)
CONFIG = dict(name="tiny", imageSize=16, tokenizer=dict(kind="patches", size=4), hiddenSize=8, layers=2, heads=2,
              mlpSize=16, classes=5, pooling="CLASS_TOKEN", gelu="ERF", layerNormEpsilon=1e-6, dropout=0.0,
              stochasticDepth=0.0, normalisation=dict(mean=0.5, std=0.5), registers=0)
OPTIONS = dict(positions="LEARNED", mlp="PLAIN", qkvBias=True, preNorm=False, finalNorm="BEFORE_POOLING", layerScale=0.0,
               representation=0, representationTanh=True, distilled=False)


def vit(cls=vision_transformer.VisionTransformer, **options):
    return randomise(cls(**{**SIZES, **options}))


def write(name, state, logits, embedding, config=None, **options):
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    path = ROOT / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    config = {**CONFIG, **(config or {}), "options": {**OPTIONS, **options}}
    side = config["imageSize"]
    preprocessing = dict(resize="SQUASH", resizeTo=side, height=side, width=side, interpolation="BICUBIC", antialias=True)
    lineage = dict(dataManifestSha256="", parentSha256="", recipe="random weights", seed=11, metrics={}, trainerVersion="")
    labels = [f"class {i}" for i in range(config["classes"])]
    (path / "model.json").write_text(json.dumps(
        dict(config=config, labels=labels, preprocessing=preprocessing, lineage=lineage), indent=1))
    save_file({key: value.contiguous() for key, value in state.items()}, path / "model.safetensors")
    numpy.savez_compressed(path / "golden.npz", pixels=PIXELS, logits=logits.numpy(), embedding=embedding.numpy())


def timm_case(name, model, config=None, state=None, **options):
    features = model.forward_features(image(HALF))
    write(name, state or model.state_dict(), model.forward_head(features), model.forward_head(features, pre_logits=True),
          config, **options)


def with_registers(state):
    """Ours are rows of the class token."""
    state = dict(state)
    state["cls_token"] = torch.cat([state["cls_token"], state.pop("reg_token")], 1)
    return state


def without(state, *names):
    return {key: value for key, value in state.items() if key not in names}


class RelativeKeys(torch.nn.Module):
    """BERT's attention with relative keys (Shaw et al. 2018), as transformers has it, in the place of timm's."""

    def __init__(self, attention, tokens, seed):
        super().__init__()
        self.bert = BertSelfAttention(BertConfig(
            hidden_size=8, num_attention_heads=2, max_position_embeddings=tokens, position_embedding_type="relative_key",
            attention_probs_dropout_prob=0.0))
        self.proj = attention.proj
        for part, weight, bias in zip(("query", "key", "value"), attention.qkv.weight.chunk(3), attention.qkv.bias.chunk(3)):
            getattr(self.bert, part).weight.data, getattr(self.bert, part).bias.data = weight, bias
        randomise(self.bert.distance_embedding, seed).weight.data *= 4  # so that it tells

    def forward(self, x, **_):
        return self.proj(self.bert(x)[0])


def relative_keys(name, model, config=None, state=None, **options):
    """Their rows are query - key, ours key - query."""
    state = dict(state or model.state_dict())
    for i, block in enumerate(model.blocks):
        block.attn = RelativeKeys(block.attn, 16 + model.num_prefix_tokens, i)
        state[f"blocks.{i}.attn.rel_pos.keys"] = block.attn.bert.distance_embedding.weight.flip(0)
    model.pos_embed.data.zero_()
    timm_case(name, model.eval(), config, without(state, "pos_embed"), positions="RELATIVE_KEYS", **options)


def every_block(name, tables, names, **options):
    """timm's ViT with positions before every block in place of those before the first; tables are what is added, names the parameters."""
    model = vit()
    model.pos_embed.data.zero_()
    for block, table in zip(model.blocks, tables):
        block.register_forward_pre_hook(lambda _, args, table=table: (args[0] + table, *args[1:]))
    timm_case(name, model, None, {**without(model.state_dict(), "pos_embed"), **names}, **options)


def drawn(*shape, seed):
    return 0.5 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def axes(rows, columns):
    grid = torch.stack([torch.cat([rows[y], columns[x]]) for y in range(4) for x in range(4)])
    return torch.cat([torch.zeros(1, 8), grid])[None]


def big_vision_sincos(h, w, width, temperature=10_000.):
    """As in big_vision's models/vit.py."""
    y, x = numpy.mgrid[:h, :w]
    omega = numpy.arange(width // 4) / (width // 4 - 1)
    omega = 1. / (temperature ** omega)
    y = numpy.einsum("m,d->md", y.flatten(), omega)
    x = numpy.einsum("m,d->md", x.flatten(), omega)
    return torch.from_numpy(numpy.concatenate([numpy.sin(x), numpy.cos(x), numpy.sin(y), numpy.cos(y)], axis=1)).float()


def make_encoders():
    timm_case("plain", vit())
    timm_case("tanh", vit(act_layer="gelu_tanh"), dict(gelu="TANH"))
    no_class = dict(class_token=False, global_pool="avg")
    timm_case("gap", vit(**no_class, fc_norm=False), dict(pooling="MEAN"))
    timm_case("gap-fc-norm", vit(**no_class, fc_norm=True), dict(pooling="MEAN"), finalNorm="AFTER_POOLING")
    timm_case("map", vit(class_token=False, global_pool="map", act_layer="gelu_tanh"), dict(pooling="MAP", gelu="TANH"))
    model = vit(reg_tokens=3, init_values=0.5)
    timm_case("registers-layer-scale", model, dict(registers=3), with_registers(model.state_dict()), layerScale=0.5)
    timm_case("gated", vit(mlp_layer=SwiGLUPacked, mlp_ratio=4, act_layer=torch.nn.SiLU), mlp="GATED")
    timm_case("no-qkv-bias", vit(qkv_bias=False), qkvBias=False)
    model = vit(pre_norm=True, act_layer=QuickGELU, norm_layer=partial(torch.nn.LayerNorm, eps=1e-5))
    state = model.state_dict()
    state["patch_embed.proj.bias"] = torch.zeros(8)  # CLIP has none
    timm_case("pre-norm-quick", model, dict(gelu="QUICK", layerNormEpsilon=1e-5), state, preNorm=True)

    model = vit(deit.VisionTransformerDistilled)
    state = dict(model.state_dict())
    state["cls_token"] = torch.cat([state["cls_token"], state.pop("dist_token")], 1)
    timm_case("distilled", model, None, state, distilled=True)

    model = vit(relpos.VisionTransformerRelPos, class_token=True, global_pool="token", rel_pos_type="bias", init_values=None)
    timm_case("relative", model, positions="RELATIVE")
    model = vit(relpos.VisionTransformerRelPos, rel_pos_type="bias", init_values=None)
    timm_case("relative-gap", model, dict(pooling="MEAN"), positions="RELATIVE")

    relative_keys("relative-keys", vit())
    relative_keys("relative-keys-gap", vit(**no_class, fc_norm=False), dict(pooling="MEAN"))
    model = vit(deit.VisionTransformerDistilled)
    state = dict(model.state_dict())
    state["cls_token"] = torch.cat([state["cls_token"], state.pop("dist_token")], 1)
    relative_keys("relative-keys-distilled", model, None, state, distilled=True)

    tables = [drawn(1, 17, 8, seed=21), drawn(1, 17, 8, seed=22)]
    every_block("positions-every-block", tables, {f"blocks.{i}.pos_embed": table for i, table in enumerate(tables)},
                positionsAt="EVERY_BLOCK")
    every_block("positions-shared", [tables[0]] * 2, {"pos_embed": tables[0]}, positionsAt="EVERY_BLOCK_SHARED")
    halves = {f"blocks.{i}.pos_embed_{axis}": drawn(4, 4, seed=31 + i + 2 * (axis == "rows"))
              for i in range(2) for axis in ("rows", "columns")}
    tables = [axes(halves[f"blocks.{i}.pos_embed_rows"], halves[f"blocks.{i}.pos_embed_columns"]) for i in range(2)]
    every_block("axes-every-block", tables, halves, positions="AXES", positionsAt="EVERY_BLOCK")

    model = vit()
    model.pos_embed.data.zero_()  # timm's own pos_embed="none" leaves the class token out as well
    timm_case("no-positions", model, None, without(model.state_dict(), "pos_embed"), positions="NONE")
    model = vit(no_embed_class=True)
    model.pos_embed.data = big_vision_sincos(4, 4, 8)[None]
    timm_case("sin-cos", model, None, without(model.state_dict(), "pos_embed"), positions="SIN_COS")
    model = vit(no_embed_class=True)
    generator = torch.Generator().manual_seed(5)
    rows, columns = torch.randn(4, 4, generator=generator), torch.randn(4, 4, generator=generator)
    model.pos_embed.data = torch.stack([torch.cat([rows[y], columns[x]]) for y in range(4) for x in range(4)])[None]
    state = {**without(model.state_dict(), "pos_embed"), "pos_embed_rows": rows, "pos_embed_columns": columns}
    timm_case("axes", model, None, state, positions="AXES")

    for name, tanh in (("pre-logits", True), ("projection", False)):  # timm has dropped this layer: it is put before its head
        model = vit(num_classes=0)
        hidden, head = randomise(torch.nn.Linear(8, 6), 3), randomise(torch.nn.Linear(6, 5), 4)
        embedding = hidden(model(image(HALF)))
        embedding = torch.tanh(embedding) if tanh else embedding
        state = {**model.state_dict(), "pre_logits.weight": hidden.weight, "pre_logits.bias": hidden.bias,
                 "head.weight": head.weight, "head.bias": head.bias}
        write(name, {k: v.detach() for k, v in state.items()}, head(embedding), embedding, representation=6,
              representationTanh=tanh)


if __name__ == "__main__":
    with torch.no_grad():
        make_encoders()
