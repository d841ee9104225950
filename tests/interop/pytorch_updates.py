#!/usr/bin/env python3
"""Twenty updates of Heed equal those of an independent PyTorch implementation.

usage: pytorch_updates.py UPDATES_DUMP

The Transformer below is written from Vaswani et al. 2017 with padded batches and masks; its parameters bear the names of
Heed's checkpoints, so that loading them strictly checks those too. Where the paper leaves room, it follows Heed's stated
conventions: sinusoids in two halves (sine, cosine), embeddings times sqrt(d_model), layer norm before or after each
sublayer, a final norm with pre-norm only, label smoothing over the whole vocabulary (as F.cross_entropy).
The recurrent sides are in pytorch_recurrent.py. Compared, for pre- and post-norm, all, decoder and no embeddings tied, and
recurrent encoders and decoders of every kind, in double and float: the loss of each update, and every gradient of
update 1. Dropout is off. Exits 1 and says what differs.
"""
import copy
import itertools
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from pytorch_recurrent import RecurrentDecoder, RecurrentEncoder
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

LOSS_TOLERANCE = {"double": 1e-9, "float": 1e-4}  # relative
GRADIENT_TOLERANCE = {"double": 1e-10, "float": 1e-4}  # relative to the largest element of the tensor
NOTHING = -100  # F.cross_entropy's ignore_index


def scaled_dot_product_attention(query, key, value, hidden_from, num_heads):
    """(B, T, D), (B, S, D) twice -> (B, T, D). hidden_from: True where a query must not see a key."""

    def heads(x):
        return x.unflatten(-1, (num_heads, -1)).transpose(1, 2)

    scores = heads(query) @ heads(key).transpose(-2, -1) / math.sqrt(query.shape[-1] // num_heads)
    weights = scores.masked_fill(hidden_from, float("-inf")).softmax(-1)
    return (weights @ heads(value)).transpose(1, 2).flatten(2)


class SelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query_key_value = nn.Linear(d_model, 3 * d_model)
        self.output = nn.Linear(d_model, d_model)

    def forward(self, x, hidden_from):
        query, key, value = self.query_key_value(x).chunk(3, -1)
        return self.output(scaled_dot_product_attention(query, key, value, hidden_from, self.num_heads))


class CrossAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(d_model, d_model)
        self.key_value = nn.Linear(d_model, 2 * d_model)
        self.output = nn.Linear(d_model, d_model)

    def forward(self, x, memory, hidden_from):
        key, value = self.key_value(memory).chunk(2, -1)
        return self.output(scaled_dot_product_attention(self.query(x), key, value, hidden_from, self.num_heads))


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.inner, self.outer = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def forward(self, x):
        return self.outer(F.relu(self.inner(x)))


class Layer(nn.Module):
    def __init__(self, shape, is_decoder):
        super().__init__()
        self.pre_norm = shape["norm"] == "pre"
        d_model, num_heads = shape["d_model"], shape["num_heads"]
        self.self_attention_norm, self.self_attention = nn.LayerNorm(d_model), SelfAttention(d_model, num_heads)
        if is_decoder:
            self.cross_attention_norm, self.cross_attention = nn.LayerNorm(d_model), CrossAttention(d_model, num_heads)
        self.feed_forward_norm, self.feed_forward = nn.LayerNorm(d_model), FeedForward(d_model, shape["d_ff"])

    def residual(self, x, norm, sublayer):
        return x + sublayer(norm(x)) if self.pre_norm else norm(x + sublayer(x))

    def forward(self, x, hidden_from, memory=None, memory_hidden_from=None):
        x = self.residual(x, self.self_attention_norm, lambda h: self.self_attention(h, hidden_from))
        if memory is not None:
            x = self.residual(x, self.cross_attention_norm, lambda h: self.cross_attention(h, memory, memory_hidden_from))
        return self.residual(x, self.feed_forward_norm, self.feed_forward)


class Stack(nn.Module):
    def __init__(self, shape, num_layers, is_decoder):
        super().__init__()
        self.layers = nn.ModuleList(Layer(shape, is_decoder) for _ in range(num_layers))
        self.norm = nn.LayerNorm(shape["d_model"]) if shape["norm"] == "pre" else None

    def forward(self, x, *others):
        for layer in self.layers:
            x = layer(x, *others)
        return self.norm(x) if self.norm else x


class Output(nn.Module):
    def __init__(self, vocabulary, d_model):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(vocabulary, d_model))


class EncoderDecoder(nn.Module):
    def __init__(self, shape):
        super().__init__()
        d_model = shape["d_model"]
        if shape["tie"] == "all":
            self.embedding = nn.Embedding(shape["target_vocabulary"], d_model)
        else:
            self.source_embedding = nn.Embedding(shape["source_vocabulary"], d_model)
            self.target_embedding = nn.Embedding(shape["target_vocabulary"], d_model)
        if shape["tie"] == "none":
            self.output = Output(shape["target_vocabulary"], d_model)
        self.recurrent_encoder = shape["encoder"] == "recurrent"
        self.recurrent_decoder = shape["decoder"] == "recurrent"
        self.encoder = (RecurrentEncoder(shape) if self.recurrent_encoder
                        else Stack(shape, shape["num_encoder_layers"], is_decoder=False))
        self.decoder = (RecurrentDecoder(shape) if self.recurrent_decoder
                        else Stack(shape, shape["num_decoder_layers"], is_decoder=True))
        self.tie = shape["tie"]

    @staticmethod
    def embed(ids, embedding, recurrent):
        if recurrent:
            return embedding(ids)
        d_model = embedding.embedding_dim
        position = torch.arange(ids.shape[1], dtype=torch.float64)[:, None]
        angle = position / 10000 ** (torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
        sinusoids = torch.cat([angle.sin(), angle.cos()], dim=1).to(embedding.weight)
        return embedding(ids) * math.sqrt(d_model) + sinusoids

    def forward(self, source, source_is_pad, target_input):
        source_embedding = self.embedding if self.tie == "all" else self.source_embedding
        target_embedding = self.embedding if self.tie == "all" else self.target_embedding
        pad_keys = source_is_pad[:, None, None, :]
        length = target_input.shape[1]
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        embedded = self.embed(source, source_embedding, self.recurrent_encoder)
        memory, summary = (self.encoder(embedded, source_is_pad) if self.recurrent_encoder
                           else (self.encoder(embedded, pad_keys), None))
        embedded = self.embed(target_input, target_embedding, self.recurrent_decoder)
        hidden = (self.decoder(embedded, memory, summary, source_is_pad) if self.recurrent_decoder
                  else self.decoder(embedded, future, memory, pad_keys))
        return F.linear(hidden, self.output.weight if self.tie == "none" else target_embedding.weight)


# What every model of updates_dump is, unless a combination says otherwise.
DEFAULTS = {"encoder": "transformer", "decoder": "transformer", "norm": "pre", "tie_embeddings": "all", "cell": "gru",
            "attention": "bahdanau", "attention_score": "general", "input_feeding": True, "bridge": "state"}


def shape_of(weights, keys, num_heads):
    def layers(prefix):
        return 1 + max((int(name[len(prefix):].split(".")[0]) for name in weights if name.startswith(prefix)), default=0)

    tie = keys["tie_embeddings"]
    source = weights["embedding.weight" if tie == "all" else "source_embedding.weight"]
    target = weights["embedding.weight" if tie == "all" else "target_embedding.weight"]
    inner = [name for name in weights if name.endswith("layers.0.feed_forward.inner.weight")]
    return {**keys, "tie": tie, "num_heads": num_heads, "d_model": source.shape[1],
            "d_ff": weights[inner[0]].shape[0] if inner else 0,
            "source_vocabulary": source.shape[0], "target_vocabulary": target.shape[0],
            "num_encoder_layers": layers("encoder.layers."),
            "num_decoder_layers": max(layers("decoder.layers."), layers("decoder.cells."))}


def padded(rows, filling):
    return nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=filling)


def batch_loss(model, batch, settings):
    """Smoothed cross entropy per target token."""
    lengths = torch.tensor([len(row) for row in batch["source"]])
    source = padded(batch["source"], 0)
    source_is_pad = torch.arange(source.shape[1]) >= lengths[:, None]
    logits = model(source, source_is_pad, padded([[settings["bos"]] + row[:-1] for row in batch["target"]], 0))
    labels = padded(batch["target"], NOTHING)
    summed = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=NOTHING, reduction="sum",
                             label_smoothing=settings["label_smoothing"])
    return summed / (labels != NOTHING).sum()


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
    """Per name: the largest difference, relative to the largest element of that gradient."""
    if theirs.keys() != ours.keys():
        raise SystemExit(f"gradients of different parameters: {sorted(theirs.keys() ^ ours.keys())}")
    return {name: float((theirs[name] - ours[name]).abs().max() / theirs[name].abs().max()) for name in theirs}


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


def compare(program, changes, type_name):
    """Complaints about one combination, none if all is well."""
    with tempfile.TemporaryDirectory() as directory:
        options = [f"--model.{key}={str(value).lower()}" for key, value in changes.items()]
        subprocess.run([program, directory, "--type", type_name, *options], check=True)
        weights = load_file(Path(directory, "initial.safetensors"))
        heed_gradients = load_file(Path(directory, "gradients.safetensors"))
        report = json.loads(Path(directory, "losses.json").read_text())
        batches = [json.loads(line) for line in Path(directory, "batches.jsonl").read_text().splitlines()]
    model = EncoderDecoder(shape_of(weights, {**DEFAULTS, **changes}, report["settings"]["num_heads"]))
    model.to(torch.float64 if type_name == "double" else torch.float32)
    model.load_state_dict(weights, strict=True)
    exact = copy.deepcopy(model).double()
    losses, gradients, clipped = train(model, batches, report["settings"])

    loss_errors = [abs(ours - theirs) / theirs for ours, theirs in zip(report["losses"], losses, strict=True)]
    gradient_errors = gradient_differences(gradients, heed_gradients)
    worst = max(gradient_errors, key=gradient_errors.get)
    name = ", ".join([*map(str, changes.values()), type_name])
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
    combinations = [dict(norm=norm, tie_embeddings=tie) for norm in ("pre", "post") for tie in ("all", "decoder", "none")]
    recurrent = dict(encoder="recurrent", decoder="recurrent")
    combinations += [
        recurrent,
        dict(recurrent, cell="lstm", tie_embeddings="none"),
        dict(recurrent, attention="luong", attention_score="general"),
        dict(recurrent, attention="luong", attention_score="dot", cell="lstm", bridge="mean"),
        dict(recurrent, attention="luong", attention_score="concat", input_feeding=False, bridge="zero"),
        dict(decoder="recurrent"),
        dict(decoder="recurrent", attention="luong", cell="lstm", norm="post"),
        dict(encoder="recurrent"),
        dict(encoder="recurrent", cell="lstm", norm="post", tie_embeddings="decoder"),
    ]
    complaints = [complaint for changes, type_name in itertools.product(combinations, ["double", "float"])
                  for complaint in compare(sys.argv[1], changes, type_name)]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
