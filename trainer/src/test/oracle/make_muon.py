"""Three steps of PyTorch's Muon on hidden matrices and of its AdamW on everything else, in float64: a small compact transformer's
weights after them. Writes trainer/src/test/resources/optimise/muon.safetensors.

    pip install numpy torch safetensors && python trainer/src/test/oracle/make_muon.py

PyTorch's Muon orthogonalises in bfloat16; here its iteration is done in float64, which is checked against its own first.
"""
import pathlib

import numpy
import torch
from safetensors.numpy import save_file
from torch.optim import _muon as muon

RESULT = pathlib.Path(__file__).parent.parent / "resources" / "optimise" / "muon.safetensors"
STEPS, RATE, DECAY, BETAS = 3, 0.02, 0.1, (0.95, 0.999)
D, MLP, CHANNELS, CLASSES = 16, 40, 8, 3
HIDDEN = {
    "tokenizer.convs.0.weight": (CHANNELS, 3, 3, 3), "tokenizer.convs.1.weight": (D, CHANNELS, 3, 3),
    "blocks.0.attn.qkv.weight": (3 * D, D), "blocks.0.attn.proj.weight": (D, D),
    "blocks.0.mlp.fc1.weight": (MLP, D), "blocks.0.mlp.fc2.weight": (D, MLP),
}
OTHER_KERNELS = {"sequence_pool.weight": (1, D), "head.weight": (CLASSES, D)}
NOT_DECAYING = {
    "pos_embed": (1, 4, D), "blocks.0.norm1.weight": (D,), "blocks.0.norm1.bias": (D,), "blocks.0.attn.qkv.bias": (3 * D,),
    "blocks.0.attn.proj.bias": (D,),
    "blocks.0.norm2.weight": (D,), "blocks.0.norm2.bias": (D,), "blocks.0.mlp.fc1.bias": (MLP,), "blocks.0.mlp.fc2.bias": (D,),
    "norm.weight": (D,), "norm.bias": (D,), "sequence_pool.bias": (1,), "head.bias": (CLASSES,),
}


def noise(shape, name, salt):
    """The test's own noise, -0.5 to 0.5: a hash of the parameter's name, the element and the salt."""
    x = numpy.arange(numpy.prod(shape), dtype=numpy.uint32) + numpy.uint32((len(name) * 7919 + salt) * 104729 % 2**32)
    for _ in range(2):
        x = (x ^ (x >> numpy.uint32(16))) * numpy.uint32(0x45D9F3B)
    x = x ^ (x >> numpy.uint32(16))
    return torch.tensor(x.astype(numpy.float64) / 2**32 - 0.5).float().double().reshape(shape)


def orthogonal(matrix, coefficients, steps, eps):
    a, b, c = coefficients
    x = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if matrix.shape[0] > matrix.shape[1] else x


def check_iteration():
    for shape in ((16, 40), (48, 16)):
        matrix = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        theirs = muon._zeropower_via_newtonschulz(matrix, (3.4445, -4.7750, 2.0315), 5, 1e-7).double()
        assert (orthogonal(matrix, (3.4445, -4.7750, 2.0315), 5, 1e-7) - theirs).abs().max() < 0.03
    muon._zeropower_via_newtonschulz = orthogonal


def main():
    check_iteration()
    torch.set_default_dtype(torch.float64)
    shapes = HIDDEN | OTHER_KERNELS | NOT_DECAYING
    weights = {name: noise(shape, name, 0) for name, shape in shapes.items()}
    # PyTorch's takes matrices: a filter's inputs are its channels and places.
    flat = {name: torch.nn.Parameter(weights[name].reshape(shape[0], -1)) for name, shape in HIDDEN.items()}
    others = {name: torch.nn.Parameter(weights[name]) for name in shapes if name not in HIDDEN}
    optimisers = [
        torch.optim.Muon(flat.values(), lr=RATE, weight_decay=DECAY, momentum=BETAS[0], adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW([others[name] for name in OTHER_KERNELS], lr=RATE, betas=BETAS, weight_decay=DECAY),
        torch.optim.AdamW([others[name] for name in NOT_DECAYING], lr=RATE, betas=BETAS, weight_decay=0),
    ]
    for step in range(STEPS):
        for name, parameter in (flat | others).items():
            parameter.grad = noise(shapes[name], name, step + 1).reshape(parameter.shape)
        for optimiser in optimisers:
            optimiser.step()
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: (flat | others)[name].detach().reshape(shape).float().numpy() for name, shape in shapes.items()}, RESULT)


if __name__ == "__main__":
    main()
