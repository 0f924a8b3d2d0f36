"""Conformal sets and distances of a tiny model by numpy alone, in float64: the forward pass, the probabilities, the threshold, the
classes' Gaussians. The model is architectures/plain; its forward pass here is held against timm's before anything is written.

    pip install numpy && python trainer/src/test/oracle/make_confidence.py
"""
import json
import math
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).parent.parent / "resources"
KNOWN, ASKED, SIDE, PATCH, HEADS = 60, 40, 16, 4, 2
TEMPERATURE, COVERAGE = 0.5, 0.8


def safetensors(path):
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[8 + size:][slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).astype(float)
            for name, entry in header.items()}


W = safetensors(ROOT / "architectures" / "plain" / "model.safetensors")
gelu = np.vectorize(lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))))


def norm(x, name):
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
    return x * W[name + ".weight"] + W[name + ".bias"]


def dense(x, name):
    return x @ W[name + ".weight"].T + W[name + ".bias"]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def forward(pixels):
    """uint8 [B, 16, 16, 3] to embeddings [B, 8] and logits [B, 5]."""
    b, side = len(pixels), SIDE // PATCH
    x = (pixels / 255.0 - 0.5) / 0.5
    x = x.reshape(b, side, PATCH, side, PATCH, 3).transpose(0, 1, 3, 5, 2, 4).reshape(b, side * side, -1)
    x = x @ W["patch_embed.proj.weight"].reshape(len(W["patch_embed.proj.bias"]), -1).T + W["patch_embed.proj.bias"]
    x = np.concatenate([np.repeat(W["cls_token"], b, 0), x], 1) + W["pos_embed"]
    for i in range(2):
        n = f"blocks.{i}."
        q, k, v = (t.reshape(b, -1, HEADS, x.shape[-1] // HEADS).swapaxes(1, 2)
                   for t in np.split(dense(norm(x, n + "norm1"), n + "attn.qkv"), 3, -1))
        a = softmax(q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])) @ v
        x = x + dense(a.swapaxes(1, 2).reshape(x.shape), n + "attn.proj")
        x = x + dense(gelu(dense(norm(x, n + "norm2"), n + "mlp.fc1")), n + "mlp.fc2")
    embedding = norm(x, "norm")[:, 0]
    return embedding, dense(embedding, "head")


golden = np.load(ROOT / "architectures" / "plain" / "golden.npz")
for mine, timms in zip(forward(golden["pixels"]), (golden["embedding"], golden["logits"])):
    assert np.abs(mine - timms).max() < 1e-5

rng = np.random.default_rng(5)
n = KNOWN + ASKED
looks = np.kron(rng.integers(0, 256, size=(n, 4, 4, 3)), np.ones((1, 4, 4, 1), int))
pixels = ((3 * looks + rng.integers(0, 256, size=(n, SIDE, SIDE, 3))) // 4).astype(np.uint8)
embedding, logits = forward(pixels)
probabilities = softmax(logits / TEMPERATURE)
# The model is right for some, and nearly so for others.
labels = np.argsort(-logits, 1)[np.arange(n), rng.choice(3, size=n, p=[0.75, 0.2, 0.05])]
x, y = embedding[:KNOWN], labels[:KNOWN]

scores = 1 - probabilities[np.arange(KNOWN), y]
threshold = 1 - np.quantile(scores, (math.ceil((KNOWN + 1) * COVERAGE) - 0.5) / KNOWN, method="inverted_cdf")

means = np.stack([x[y == k].mean(0) for k in np.unique(y)])
covariance = np.cov((x - means[np.searchsorted(np.unique(y), y)]).T, bias=True)
covariance += 1e-6 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
away = embedding[:, None] - means[None]
distances = np.einsum("nki,ij,nkj->nk", away, np.linalg.inv(covariance), away).min(1)
limits = [np.quantile(distances[:KNOWN], (math.ceil((KNOWN + 1) * p) - 0.5) / KNOWN, method="inverted_cdf") for p in (.5, .9, .95)]

path = ROOT / "confidence"
path.mkdir(exist_ok=True)
np.savez_compressed(
    path / "golden.npz", pixels=pixels, labels=labels.astype(np.float32), known=np.float32([KNOWN]),
    temperature=np.float32([TEMPERATURE]), coverage=np.float32([COVERAGE]), threshold=np.float32([threshold]),
    sets=np.float32(probabilities[KNOWN:] >= threshold), distances=np.float32(distances[KNOWN:]), limits=np.float32(limits))
print("sets of", np.bincount((probabilities[KNOWN:] >= threshold).sum(1)), "threshold", threshold,
      "distances", distances[KNOWN:].min(), distances[KNOWN:].max(), "limits", limits,
      "nearest probability to the threshold", np.abs(probabilities[KNOWN:] - threshold).min(),
      "classes", np.bincount(y))
