"""PyTorch and timm at the same training: model, weights, batch and step of the folder that is named. Says when it is ready; then
takes as many steps as each line of its input asks for, and says how long they took.

    python timm_peer.py FOLDER
"""
import json
import pathlib
import sys
import time

import numpy
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from timm.models.vision_transformer import Block, VisionTransformer
from torch import nn

FOLDER = pathlib.Path(sys.argv[1])
CASE = json.loads((FOLDER / "case.json").read_text())


class CompactTransformer(nn.Module):
    """Hassani et al. 2021, figure 2; the encoder's blocks are timm's."""

    def __init__(self, norm, act):
        super().__init__()
        d, tokens = CASE["hidden"], CASE["tokens"]
        channels = [3] + [CASE["channels"]] * (CASE["convolutions"] - 1) + [d]
        self.tokenizer = nn.Module()
        self.tokenizer.convs = nn.ModuleList(
            nn.Conv2d(i, o, CASE["kernel"], padding=CASE["kernel"] // 2, bias=False) for i, o in zip(channels, channels[1:]))
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens, d))
        self.blocks = nn.Sequential(*(
            Block(d, CASE["heads"], CASE["mlp"] / d, qkv_bias=True, norm_layer=norm, act_layer=act)
            for _ in range(CASE["layers"])))
        self.norm = norm(d)
        self.sequence_pool = nn.Linear(d, 1)
        self.head = nn.Linear(d, CASE["classes"])

    def forward(self, x):
        for conv in self.tokenizer.convs:
            x = F.max_pool2d(F.relu(conv(x)), 3, 2, 1)
        x = self.norm(self.blocks(x.flatten(2).transpose(1, 2) + self.pos_embed))
        weights = self.sequence_pool(x).softmax(1)
        return self.head((weights.transpose(1, 2) @ x).squeeze(1))


def model():
    from functools import partial
    norm = partial(nn.LayerNorm, eps=CASE["epsilon"])
    act = partial(nn.GELU, approximate=CASE["gelu"])
    made = CompactTransformer(norm, act) if "convolutions" in CASE else VisionTransformer(
        img_size=CASE["side"], patch_size=CASE["patch"], embed_dim=CASE["hidden"], depth=CASE["layers"],
        num_heads=CASE["heads"], mlp_ratio=CASE["mlp"] / CASE["hidden"], num_classes=CASE["classes"], norm_layer=norm,
        act_layer=act)
    made.load_state_dict(load_file(FOLDER / "model.safetensors"))
    return made.train()


class Training:
    def __init__(self):
        self.model = model()
        self.parameters = list(self.model.parameters())
        decaying = set(CASE["decaying"])
        kernels = [p for name, p in self.model.named_parameters() if name in decaying]
        others = [p for name, p in self.model.named_parameters() if name not in decaying]
        self.optimiser = torch.optim.AdamW(
            [dict(params=kernels, weight_decay=CASE["weight_decay"]), dict(params=others, weight_decay=0.0)],
            lr=CASE["learning_rate"], betas=(CASE["beta1"], CASE["beta2"]), eps=1e-8, fused=True)
        self.average = [p.detach().clone() for p in self.parameters]
        self.pixels = numpy.frombuffer((FOLDER / "pixels.bin").read_bytes(), numpy.uint8).reshape(
            CASE["batch"], CASE["side"], CASE["side"], 3).copy()
        labels = torch.arange(CASE["batch"]) % CASE["classes"]
        self.targets = F.one_hot(labels, CASE["classes"]).float()
        self.done = 0

    def step(self):
        images = torch.from_numpy(self.pixels).permute(0, 3, 1, 2).float().mul_(2 / 255).sub_(1)
        self.optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=CASE["precision"] == "BF16"):
            logits = self.model(images)
        loss = F.cross_entropy(logits.float(), self.targets)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, CASE["clip_norm"])
        self.optimiser.step()
        with torch.no_grad():
            kept = min(CASE["polyak"], 1 - (1 + self.done) ** (-2 / 3))
            torch._foreach_lerp_(self.average, [p.detach() for p in self.parameters], 1 - kept)
        self.done += 1
        return loss.item()


def say(**values):
    print(json.dumps(values), flush=True)


torch.set_num_threads(CASE["threads"])
training = Training()
losses = [training.step() for _ in range(CASE["warm_up_steps"])]
blas = next((line.strip() for line in torch.__config__.show().splitlines() if "Math Kernel" in line), "")
say(software=f"PyTorch {torch.__version__}, timm {timm.__version__}" + (", MKL" if blas else ""), losses=losses,
    parameters=sum(p.numel() for p in training.parameters))
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        training.step()
    say(seconds=time.perf_counter() - start)
