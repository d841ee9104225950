#!/usr/bin/env python3
"""Twenty updates of Heed equal those of an independent PyTorch implementation.

usage: pytorch_updates.py UPDATES_DUMP

The Transformer below is written from Vaswani et al. 2017 with padded batches and masks; its parameters bear the names of
Heed's checkpoints, so that loading them strictly checks those too. Where the paper leaves room, it follows Heed's stated
conventions: sinusoids in two halves (sine, cosine), embeddings times sqrt(d_model), layer norm before or after each
sublayer, a final norm with pre-norm only, label smoothing over the whole vocabulary (as F.cross_entropy), gates in the
first half of the columns. Attention is in pytorch_attention.py, the recurrent sides are in pytorch_recurrent.py.

Compared, in double for a few plain models of every kind and for all of pytorch_combinations.py, in float for the plain
ones: the loss of each update, and every gradient of update 1. Dropout is off. Exits 1 and says what differs.
"""
import copy
import itertools
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import pytorch_combinations
import torch
from pytorch_attention import (SECTION_DEFAULTS, AdaptiveSpan, CrossAttention, Positions, SelfAttention,
                               check_normalizers)
from pytorch_recurrent import RecurrentDecoder, RecurrentEncoder
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

LOSS_TOLERANCE = {"double": 1e-9, "float": 1e-4}  # relative
GRADIENT_TOLERANCE = {"double": 1e-10, "float": 1e-4}  # relative to the largest element of the tensor
NOTHING = -100  # F.cross_entropy's ignore_index


class RMSNorm(nn.Module):
    """Zhang and Sennrich 2019."""

    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width))

    def forward(self, x):
        return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * self.weight


def norm_of(shape):
    return nn.LayerNorm(shape["d_model"]) if shape["norm_type"] == "layer" else RMSNorm(shape["d_model"])


class FeedForward(nn.Module):
    FUNCTIONS = {"relu": F.relu, "gelu": F.gelu, "swish": F.silu}
    GATES = {"glu": torch.sigmoid, "geglu": F.gelu, "swiglu": F.silu}  # Shazeer 2020

    def __init__(self, shape):
        super().__init__()
        self.activation, d_ff = shape["activation"], shape["d_ff"]
        inner = 2 * d_ff if self.activation in self.GATES else d_ff
        self.inner, self.outer = nn.Linear(shape["d_model"], inner), nn.Linear(d_ff, shape["d_model"])

    def forward(self, x):
        if self.activation in self.GATES:
            gate, x = self.inner(x).chunk(2, -1)
            return self.outer(self.GATES[self.activation](gate) * x)
        return self.outer(self.FUNCTIONS[self.activation](self.inner(x)))


class Layer(nn.Module):
    def __init__(self, shape, side):
        super().__init__()
        self.pre_norm = shape["norm"] == "pre"
        self.self_attention_norm, self.self_attention = norm_of(shape), SelfAttention(shape, f"{side}_attention")
        if side == "decoder":
            self.cross_attention_norm, self.cross_attention = norm_of(shape), CrossAttention(shape)
        self.feed_forward_norm, self.feed_forward = norm_of(shape), FeedForward(shape)

    def residual(self, x, norm, sublayer):
        return x + sublayer(norm(x)) if self.pre_norm else norm(x + sublayer(x))

    def forward(self, x, is_pad, positions, *memory):
        x = self.residual(x, self.self_attention_norm, lambda h: self.self_attention(h, is_pad, positions))
        if memory:
            x = self.residual(x, self.cross_attention_norm, lambda h: self.cross_attention(h, *memory))
        return self.residual(x, self.feed_forward_norm, self.feed_forward)


class Stack(nn.Module):
    """The encoder's or the decoder's layers; memory: rows that make keys, rows that make values, which are padding."""

    def __init__(self, shape, side):
        super().__init__()
        self.positions = Positions(shape, f"{side}_attention")
        self.layers = nn.ModuleList(Layer(shape, side) for _ in range(shape[f"num_{side}_layers"]))
        self.norm = norm_of(shape) if shape["norm"] == "pre" else None

    def forward(self, embedded, is_pad, *memory):
        x = self.positions.embed(embedded)
        for layer in self.layers:
            x = layer(x, is_pad, self.positions, *memory)
        return self.norm(x) if self.norm else x


class Convolution(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.width, d_model = shape["kernel_width"], shape["d_model"]
        self.kernel = nn.Linear(self.width * d_model, 2 * d_model)

    def forward(self, x):
        weight = self.kernel.weight.unflatten(1, (self.width, -1)).transpose(1, 2)
        return F.conv1d(x.mT, weight, self.kernel.bias, padding=self.width // 2).mT


class ConvolutionalEncoder(nn.Module):
    """Gehring et al. 2017, section 3; the gate is the first half of a convolution's columns."""

    def __init__(self, shape):
        super().__init__()
        self.positions = Positions(shape, "encoder_attention")
        self.layers = nn.ModuleList(Convolution(shape) for _ in range(shape["num_encoder_layers"]))

    def forward(self, embedded, is_pad):
        x = first = self.positions.embed(embedded)
        for layer in self.layers:
            gate, candidate = layer(x.masked_fill(is_pad[..., None], 0)).chunk(2, -1)
            x = (x + torch.sigmoid(gate) * candidate) * math.sqrt(0.5)
        return x, (x + first) * math.sqrt(0.5)


class Output(nn.Module):
    def __init__(self, shape):
        super().__init__()
        vocabulary, own = shape["target_vocabulary"], shape["tie_embeddings"] == "none"
        self.weight = nn.Parameter(torch.empty(vocabulary, shape["d_model"])) if own else None
        self.bias = nn.Parameter(torch.empty(vocabulary)) if shape["output_bias"] else None


class EncoderDecoder(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape, d_model = shape, shape["d_model"]
        if shape["tie_embeddings"] == "all":
            self.embedding = nn.Embedding(shape["target_vocabulary"], d_model)
        else:
            self.source_embedding = nn.Embedding(shape["source_vocabulary"], d_model)
            self.target_embedding = nn.Embedding(shape["target_vocabulary"], d_model)
        self.output = Output(shape)
        encoders = {"recurrent": RecurrentEncoder, "convolutional": ConvolutionalEncoder}
        self.encoder = encoders[shape["encoder"]](shape) if shape["encoder"] in encoders else Stack(shape, "encoder")
        self.decoder = RecurrentDecoder(shape) if shape["decoder"] == "recurrent" else Stack(shape, "decoder")

    def encode(self, embedded, is_pad):
        """Rows that make keys, rows that make values, the state that a recurrent decoder may start from."""
        encoded = self.encoder(embedded, is_pad)
        if self.shape["encoder"] == "recurrent":
            return encoded[0], encoded[0], encoded[1]
        return (*encoded, None) if self.shape["encoder"] == "convolutional" else (encoded, encoded, None)

    def forward(self, source, source_is_pad, target_input):
        tied = self.shape["tie_embeddings"] == "all"
        source_embedding = self.embedding if tied else self.source_embedding
        target_embedding = self.embedding if tied else self.target_embedding
        keys, values, summary = self.encode(source_embedding(source), source_is_pad)
        embedded = target_embedding(target_input)
        if self.shape["decoder"] == "recurrent":
            hidden = self.decoder(embedded, keys, values, summary, source_is_pad)
        else:
            no_pad = torch.zeros_like(target_input, dtype=torch.bool)  # what follows a target's end is ahead of it
            hidden = self.decoder(embedded, no_pad, keys, values, source_is_pad)
        weight = target_embedding.weight if self.output.weight is None else self.output.weight
        return F.linear(hidden, weight, self.output.bias)

    def penalty(self):
        """Added to the loss per target token."""
        return sum(module.penalty() for module in self.modules() if isinstance(module, AdaptiveSpan))


# What every model of updates_dump is, unless a combination says otherwise.
DEFAULTS = {"encoder": "transformer", "decoder": "transformer", "norm": "pre", "norm_type": "layer",
            "activation": "relu", "positions": "sinusoidal", "num_key_heads": 0, "tie_embeddings": "all",
            "output_bias": False, "kernel_width": 3, "cell": "gru", "recurrence": "bahdanau", "input_feeding": True,
            "bridge": "state"}
LIMITS = ["--data.max_source_length=30", "--data.max_target_length=30"]  # below every max_positions


def shape_of(weights, keys):
    def layers(prefix):
        return 1 + max((int(name[len(prefix):].split(".")[0]) for name in weights if name.startswith(prefix)), default=0)

    tied = keys["tie_embeddings"] == "all"
    source = weights["embedding.weight" if tied else "source_embedding.weight"]
    target = weights["embedding.weight" if tied else "target_embedding.weight"]
    outer = [name for name in weights if name.endswith("layers.0.feed_forward.outer.weight")]
    return {**keys, "d_model": source.shape[1], "d_ff": weights[outer[0]].shape[1] if outer else 0,
            "source_vocabulary": source.shape[0], "target_vocabulary": target.shape[0],
            "num_encoder_layers": layers("encoder.layers."),
            "num_decoder_layers": max(layers("decoder.layers."), layers("decoder.cells."))}


def padded(rows, filling):
    return nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=filling)


def batch_loss(model, batch, settings):
    """Smoothed cross entropy per target token, and the penalty of adaptive spans."""
    lengths = torch.tensor([len(row) for row in batch["source"]])
    source = padded(batch["source"], 0)
    source_is_pad = torch.arange(source.shape[1]) >= lengths[:, None]
    logits = model(source, source_is_pad, padded([[settings["bos"]] + row[:-1] for row in batch["target"]], 0))
    labels = padded(batch["target"], NOTHING)
    summed = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=NOTHING, reduction="sum",
                             label_smoothing=settings["label_smoothing"])
    return summed / (labels != NOTHING).sum() + model.penalty()


def learning_rate(settings, step):
    warmup = settings["warmup_steps"]
    return settings["learning_rate"] * min(step / warmup, math.sqrt(warmup / step))


def clip(parameters, limit):
    """g * limit / |g| where |g| > limit. (torch.nn.utils.clip_grad_norm_ divides by |g| + 1e-6: another number.)"""
    norm = math.sqrt(sum(float(p.grad.double().square().sum()) for p in parameters))
    if norm > limit:
        for p in parameters:
            p.grad.mul_(limit / norm)
    return norm > limit


def train(model, batches, settings):
    """The loss before each update, the gradients of the first (of the summed loss), how many were clipped."""
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, lr=0, betas=tuple(settings["betas"]), eps=settings["epsilon"])
    losses, gradients, clipped = [], None, 0
    for step, batch in enumerate(batches, 1):
        loss = batch_loss(model, batch, settings)
        optimizer.zero_grad()
        loss.backward()
        if step == 1:
            tokens = sum(map(len, batch["target"]))
            gradients = {name: p.grad * tokens for name, p in model.named_parameters()}
        clipped += clip(parameters, settings["clip_norm"])
        optimizer.param_groups[0]["lr"] = learning_rate(settings, step)
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses, gradients, clipped


def gradient_differences(theirs, ours):
    """Per name: the largest difference, relative to the largest element of that gradient, if that is not 0."""
    if theirs.keys() != ours.keys():
        raise SystemExit(f"gradients of different parameters: {sorted(theirs.keys() ^ ours.keys())}")

    def difference(name):
        apart, largest = float((theirs[name] - ours[name]).abs().max()), float(theirs[name].abs().max())
        return apart / largest if largest else apart
    return {name: difference(name) for name in theirs}


def first_gradients(model, batch, settings):
    """Of the summed loss; what train() returns, of one batch alone."""
    (batch_loss(model, batch, settings) * sum(map(len, batch["target"]))).backward()
    return {name: p.grad for name, p in model.named_parameters()}


def rounding_excuses(ours, theirs, exact):
    """Names of gradients that cancel: PyTorch's float is as far from the double result as a third of ours, or further.
    (The key bias of additive attention is one: the scores' gradients sum to 0, and it sees little but their sum.)"""
    def distance(found, name):
        return float((found[name].double() - exact[name]).abs().max())
    return {name for name in exact if distance(ours, name) <= 3 * distance(theirs, name)}


def name_of(changes, type_name):
    told = {key: value for key, value in changes.items() if key not in pytorch_combinations.SIZES
            and value != DEFAULTS.get(key) and value != SECTION_DEFAULTS.get(key.rpartition(".")[2])}
    return " ".join([*(f"{key}={value}" for key, value in told.items()), type_name])


def compare(program, changes, type_name):
    """Complaints about one combination, none if all is well."""
    with tempfile.TemporaryDirectory() as directory:
        options = [f"--model.{key}={str(value).lower()}" for key, value in changes.items()]
        subprocess.run([program, directory, "--type", type_name, *LIMITS, *options], check=True)
        weights = load_file(Path(directory, "initial.safetensors"))
        heed_gradients = load_file(Path(directory, "gradients.safetensors"))
        report = json.loads(Path(directory, "losses.json").read_text())
        batches = [json.loads(line) for line in Path(directory, "batches.jsonl").read_text().splitlines()]
    model = EncoderDecoder(shape_of(weights, {**DEFAULTS, "num_heads": report["settings"]["num_heads"], **changes}))
    model.to(torch.float64 if type_name == "double" else torch.float32)
    model.load_state_dict(weights, strict=True)
    exact = copy.deepcopy(model).double()
    losses, gradients, clipped = train(model, batches, report["settings"])

    loss_errors = [abs(ours - theirs) / theirs for ours, theirs in zip(report["losses"], losses, strict=True)]
    gradient_errors = gradient_differences(gradients, heed_gradients)
    worst = max(gradient_errors, key=gradient_errors.get)
    name = name_of(changes, type_name)
    print(f"{name}: loss {losses[0]:.4f} -> {losses[-1]:.4f}, {clipped} of {len(losses)} clipped; largest relative "
          f"difference: loss {max(loss_errors):.1e}, gradient {gradient_errors[worst]:.1e} ({worst})", flush=True)
    complaints = [f"{name}: update {step}: loss {ours!r}, PyTorch {theirs!r}: {error:.1e} apart"
                  for step, (ours, theirs, error) in enumerate(zip(report["losses"], losses, loss_errors), 1)
                  if not error <= LOSS_TOLERANCE[type_name]]
    excused = set()
    if type_name == "float":
        exact_gradients = first_gradients(exact, batches[0], report["settings"])
        excused = rounding_excuses(heed_gradients, gradients, exact_gradients)
    complaints += [f"{name}: gradient of {key}: {error:.1e} apart" for key, error in gradient_errors.items()
                   if not error <= GRADIENT_TOLERANCE[type_name] and key not in excused]
    return complaints


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    torch.set_num_threads(1)
    recurrent = dict(encoder="recurrent", decoder="recurrent")
    plain = [
        *(dict(norm=norm, tie_embeddings=tie) for norm in ("pre", "post") for tie in ("all", "decoder", "none")),
        recurrent,
        dict(recurrent, cell="lstm", tie_embeddings="none"),
        {**recurrent, "recurrence": "luong", "cross_attention.score": "dot", "cell": "lstm", "bridge": "mean"},
        dict(decoder="recurrent", recurrence="luong", cell="lstm", norm="post"),
        dict(encoder="convolutional", positions="learned", max_positions=40),
        dict(positions="rotary", norm_type="rms", activation="swiglu", num_key_heads=2),
        {"positions": "alibi", "decoder_attention.reach": "window", "decoder_attention.window_behind": 0},
    ]
    runs = [*itertools.product(plain, ["double", "float"]),
            *((changes, "double") for changes in pytorch_combinations.combinations())]
    complaints = check_normalizers()
    complaints += [complaint for changes, type_name in runs for complaint in compare(sys.argv[1], changes, type_name)]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
