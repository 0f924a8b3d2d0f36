"""Golden figures for the trainer's evaluation, by numpy, scipy and scikit-learn.

    python make_evaluation_golden.py > ../resources/evaluate/golden.json
"""
import json
import sys

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.covariance import EmpiricalCovariance
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

rng = np.random.default_rng(7)
K, D = 4, 6


def example(n):
    y = np.arange(n) % K
    centres = np.random.default_rng(1).normal(size=(K, D))
    x = np.round(centres[y] + rng.normal(size=(n, D)), 3)
    z = np.round(3 * np.eye(K)[y] + 3 * rng.normal(size=(n, K)), 3)
    return x, z, y


def lsr(x, y, l2):
    """big_vision/evaluators/fewshot_lsr.py, the equations solved and not decomposed."""
    mean, std = x.mean(0), x.std(0) + 1e-5
    a = np.pad((x - mean) / std, ((0, 0), (0, 1)), constant_values=100.0)
    t = 2.0 * np.eye(K)[y] - 1
    return np.linalg.solve(a.T @ a + l2 * np.eye(D + 1), a.T @ t)


def flat(a):
    return [float(v) for v in np.asarray(a).ravel()]


x, z, y = example(40)
xt, zt, yt = example(24)
nll = lambda t: -log_softmax(z / t, axis=1)[np.arange(len(y)), y].mean()
t = minimize_scalar(nll, bounds=(0.05, 50), method="bounded", options={"xatol": 1e-12}).x
p = softmax(z / t, axis=1)
conf, right = p.max(1), p.argmax(1) == y
edges = np.linspace(0, 1, 16)
ece = sum(
    m.mean() * abs(right[m].mean() - conf[m].mean())
    for m in ((conf > lo) & (conf <= hi) for lo, hi in zip(edges, edges[1:]))
    if m.any()
)
scores = 1 - p[np.arange(len(y)), y]
level = np.ceil((len(y) + 1) * 0.9) / len(y)
means = np.stack([x[y == k].mean(0) for k in range(K)])
cov = EmpiricalCovariance(assume_centered=True).fit(x - means[y])
mahalanobis = np.min([cov.mahalanobis(xt - m) for m in means], axis=0)
knn = KNeighborsClassifier(9, metric="cosine", algorithm="brute", weights=lambda d: np.exp((1 - d) / 0.07))
ties = np.round(rng.normal(size=30), 1), np.round(rng.normal(0.7, 1, size=20), 1)

L, H, S, P = 3, 2, 2, 1  # blocks, heads, grid side, prefix tokens
T = S * S + P
attention = np.round(softmax(rng.normal(size=(L, H, T, T)) * 2, axis=-1), 4)
attention /= attention.sum(-1, keepdims=True)
rollout = np.eye(T)
for layer in attention:
    mixed = layer.mean(0) + np.eye(T)
    rollout = (mixed / mixed.sum(-1, keepdims=True)) @ rollout
cells = np.array([(r, c) for r in range(S) for c in range(S)])
apart = 8 * np.linalg.norm(cells[:, None] - cells[None], axis=-1)
distance = [[(a[P:, P:] * apart).sum(-1).mean() for a in layer] for layer in attention]
picture = rng.integers(0, 256, size=(9, 7, 3))
blurred = np.stack([gaussian_filter(picture[..., c] / 255.0, 0.8, mode="nearest") for c in range(3)], -1)

json.dump(
    {
        "classes": K, "width": D,
        "embeddings": flat(x), "logits": flat(z), "labels": y.tolist(),
        "testEmbeddings": flat(xt), "testLogits": flat(zt), "testLabels": yt.tolist(),
        "temperature": float(t), "loss": float(nll(t)), "lossAtOne": float(nll(1)), "ece": float(ece),
        "conformalThreshold": float(1 - np.quantile(scores, level, method="inverted_cdf")),
        "lsrMany": flat(lsr(x, y, 1024.0)), "lsrFew": flat(lsr(x[:5], y[:5], 1024.0)),
        "mahalanobis": flat(mahalanobis), "neighbours": knn.fit(x, y).predict(xt).tolist(),
        "inside": flat(ties[0]), "outside": flat(ties[1]),
        "auroc": float(roc_auc_score([0] * 30 + [1] * 20, np.concatenate(ties))),
        "attention": flat(attention), "rollout": flat(rollout[0]), "distance": flat(distance),
        "picture": flat(picture), "blurred": flat(np.uint8(np.clip(blurred, 0, 1) * 255)),
    },
    sys.stdout,
)
