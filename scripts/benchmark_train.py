#!/usr/bin/env python3
"""Training speed of Heed beside a plain eager PyTorch loop: the same batches, the same model, one process at a time.

    benchmark_train.py compare --heed 'COMMAND' --batches FILE [--windows 5] [--updates 20] [--warmup 10] [MODEL OPTIONS]
    benchmark_train.py peer --batches FILE [MODEL OPTIONS]          the PyTorch loop alone; `compare` starts it

Both sides are processes that answer one line of JSON on stdout for each line of JSON on stdin:

    {"command": "info"}                           -> {"parameters": P, "peak_kb": K} and more that each side alone has
    {"command": "run", "from": b, "updates": k}   -> {"tokens": T, "seconds": s, "loss": l}

`run` trains on the batches b, b+1, ..., b+k-1 of FILE, one update each, going on from the weights of the run before.
T counts real target tokens with their end of sentence, s is wall time, l the smoothed cross entropy per token over the
window, peak_kb the process's highest resident memory (VmHWM). A process ends when its stdin does.

FILE has one batch a line: {"source": [[ids], ...], "target": [[ids], ...]}, each sentence ending in its eos; the
decoder's input is bos and the target without its last id.

`compare` alternates windows (Heed, the other, Heed, ...), the other process asleep, on windows that both sides see once
each in the same order, after a warm-up that does not count (with --rehearse, of those very windows). It stops if the parameter counts differ by more than a
model of plain_models.py says.
"""

import argparse
import json
import math
import os
import shlex
import statistics
import subprocess
import sys
import time


def model_options(parser):
    parser.add_argument("--batches", required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--model", choices=["transformer", "recurrent"], default="transformer", help="see plain_models.py")
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--d-model", type=int, default=256)
    parser.add_argument("--d-ff", type=int, default=1024)
    parser.add_argument("--num-heads", type=int, default=4)
    parser.add_argument("--layers", type=int, default=3, help="in the encoder, and in the decoder")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--attention-dropout", type=float, default=0.0)
    parser.add_argument("--label-smoothing", type=float, default=0.1)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--warmup-steps", type=int, default=1000)
    parser.add_argument("--pad", type=int, default=0)
    parser.add_argument("--bos", type=int, default=2)


def peak_kb():
    with open("/proc/self/status") as status:
        return int(next(line.split()[1] for line in status if line.startswith("VmHWM:")))


def padded_batches(options):
    """Every batch as tensors, made before the clock starts: (source, real or None, target input, labels, tokens)."""
    import torch

    def pad(rows):
        tensor = torch.full((len(rows), max(map(len, rows))), options.pad, dtype=torch.long)
        for i, row in enumerate(rows):
            tensor[i, : len(row)] = torch.tensor(row)
        return tensor

    batches = []
    with open(options.batches) as lines:
        for line in lines:
            batch = json.loads(line)
            source, labels = pad(batch["source"]), pad(batch["target"])
            target_input = pad([[options.bos] + row[:-1] for row in batch["target"]])
            lengths = [len(row) for row in batch["source"]]
            real = torch.arange(source.shape[1]) < torch.tensor(lengths)[:, None]
            real = None if real.all() else real
            tokens = sum(len(row) for row in batch["target"])
            tensors = [x if x is None else x.to(options.device) for x in (source, real, target_input, labels)]
            batches.append((*tensors, tokens))
    return batches


class Peer:
    """The plain loop: eager modules, scaled_dot_product_attention, fused Adam, clipping, a warmed-up learning rate."""

    def __init__(self, options):
        import torch
        from plain_models import MODELS

        torch.manual_seed(1)
        torch.set_num_threads(options.threads)
        self.torch, self.options = torch, options
        self.batches = padded_batches(options)
        self.model = MODELS[options.model](options).to(options.device).train()
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=options.learning_rate, betas=(0.9, 0.98), eps=1e-9, fused=True)
        self.step = 0

    def info(self, _):
        parameters = sum(p.numel() for p in self.model.parameters())
        return {"parameters": parameters, "surplus": self.model.surplus_parameters, "peak_kb": peak_kb()}

    def update(self, source, real, target_input, labels, tokens):
        torch, options = self.torch, self.options
        self.step += 1
        for group in self.optimizer.param_groups:
            group["lr"] = options.learning_rate * min(
                self.step / options.warmup_steps, math.sqrt(options.warmup_steps / self.step))
        with torch.autocast(source.device.type, torch.bfloat16, enabled=options.precision == "bf16"):
            logits = self.model(source, real, target_input)
            loss = torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), labels.flatten(), ignore_index=options.pad, reduction="sum",
                label_smoothing=options.label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        (loss / tokens).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return loss.detach()

    def run(self, request):
        window = self.batches[request["from"] : request["from"] + request["updates"]]
        if len(window) != request["updates"]:
            raise SystemExit(f"{self.options.batches} has only {len(self.batches)} batches")
        start = time.perf_counter()
        losses = [self.update(*batch) for batch in window]
        loss = float(sum(losses))  # waits for a GPU
        seconds = time.perf_counter() - start
        tokens = sum(batch[-1] for batch in window)
        return {"tokens": tokens, "seconds": seconds, "loss": loss / tokens}


def peer(options):
    worker = Peer(options)
    answers = {"info": worker.info, "run": worker.run}
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(answers[request["command"]](request)), flush=True)


class Side:
    """One of the two processes."""

    def __init__(self, name, command):
        self.name, self.windows = name, []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        print(json.dumps(request), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"benchmark: {self.name} ended (exit code {self.process.wait()}) instead of answering {request}")
        return json.loads(line)

    def run(self, first, updates):
        return self.ask(command="run", **{"from": first, "updates": updates})

    def rates(self):
        return sorted(window["tokens"] / window["seconds"] for window in self.windows)

    def row(self):
        rates, info = self.rates(), self.ask(command="info")
        return (f"{self.name:<8} {statistics.median(rates):>10,.0f} {rates[0]:>9,.0f} - {rates[-1]:<9,.0f}"
                f"{info['peak_kb'] / 1024:>10,.0f}  {info['parameters']:>12,}  {self.windows[-1]['loss']:>8.4f}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(options):
    heed = Side("Heed", shlex.split(options.heed))
    info = heed.ask(command="info")
    passed = [f"--{name.replace('_', '-')}={value}" for name, value in vars(options).items()
              if name not in ("role", "heed", "against", "windows", "updates", "warmup", "rehearse", "vocabulary")]
    vocabulary = info.get("vocabulary", options.vocabulary)
    peer_command = [sys.executable, __file__, "peer", f"--vocabulary={vocabulary}", *passed]
    plain = Side("other", shlex.split(options.against)) if options.against else Side("PyTorch", peer_command)
    plain_info = plain.ask(command="info")
    if info["parameters"] != plain_info["parameters"] + plain_info.get("surplus", 0):
        raise SystemExit(f"benchmark: Heed has {info['parameters']:,} parameters, {plain.name} {plain_info['parameters']:,}"
                         f" and {plain_info.get('surplus', 0):,} that only Heed's has")
    for side in (heed, plain):
        side.run(0, options.warmup)
        for _ in range(2 if options.rehearse else 0):
            side.run(options.warmup, options.windows * options.updates)
    for window in range(options.windows):
        for side in (heed, plain):
            side.windows.append(side.run(options.warmup + window * options.updates, options.updates))
        ours, theirs = heed.windows[-1], plain.windows[-1]
        if ours["tokens"] != theirs["tokens"]:
            raise SystemExit(f"benchmark: window {window}: Heed saw {ours['tokens']} target tokens, {plain.name} {theirs['tokens']}")
        print(f"window {window + 1}: {ours['tokens'] / ours['seconds']:,.0f} / {theirs['tokens'] / theirs['seconds']:,.0f} "
              f"= {theirs['seconds'] / ours['seconds']:.2f}", flush=True)
    print("         target tokens/s  lowest - highest     peak MiB    parameters      loss (last window)")
    print(heed.row())
    print(plain.row())
    ratio = statistics.median(theirs["seconds"] / ours["seconds"] for ours, theirs in zip(heed.windows, plain.windows))
    print(f"ratio    {ratio:.2f}   (median of {options.windows} pairs of windows of {options.updates} updates, {options.precision}, "
          f"{options.threads} threads, attention dropout {options.attention_dropout:g}, load average {os.getloadavg()[1]:.1f})")
    heed.close()
    plain.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    roles = parser.add_subparsers(dest="role", required=True)
    model_options(roles.add_parser("peer"))
    comparing = roles.add_parser("compare")
    model_options(comparing)
    comparing.add_argument("--heed", required=True, help="command that speaks the protocol")
    comparing.add_argument("--against", help="another such command, of another version, instead of the PyTorch loop")
    comparing.add_argument("--windows", type=int, default=5)
    comparing.add_argument("--updates", type=int, default=20, help="updates in a window")
    comparing.add_argument("--rehearse", action="store_true",
                           help="train on the batches of all windows twice before, so that no shape is new to a GPU")
    comparing.add_argument("--warmup", type=int, default=10, help="updates before the first window")
    options = parser.parse_args()
    {"peer": peer, "compare": compare}[options.role](options)


if __name__ == "__main__":
    main()
