#!/usr/bin/env python3
"""What scripts/benchmark_attention.sh does.

A Transformer (d_model 128, 2 + 2 layers) trains on one sentence an update: random words, as many as the length says, and a
target of 64. Its kinds differ in the reach of attention alone. At each length every kind is a process of its own
(tests/train_window, which answers as scripts/benchmark_train.py tells), and windows of updates alternate between the
kinds. A step of greedy search is the difference between translating to two lengths, by the number of steps between them:
the encoder's work is in both. Times are medians over the windows, memory is the whole process's.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from line_plot import line_plot

TARGET = 64
STEPS = (16, 128)
KINDS = {
    "global": [],
    "window": [f"--model.encoder_attention.{key}" for key in ("reach=window", "window_behind=32", "window_ahead=32")],
    "strided": ["--model.encoder_attention.reach=strided", "--model.encoder_attention.stride=64"],
    "low_rank": [f"--model.{part}_attention.{key}" for part in ("encoder", "cross") for key in ("reach=low_rank", "rank=64")],
}
CONFIG = """
run: {{directory: {directory}/run, device: cpu, precision: fp32}}
data:
  train: {{source: {directory}/text.source, target: {directory}/text.target}}
  max_source_length: {longest}
  max_target_length: {target}
tokenizer: {{type: none}}
model: {{d_model: 128, d_ff: 512, num_heads: 4, num_encoder_layers: 2, num_decoder_layers: 2}}
optimizer: {{learning_rate: 0.001}}
schedule: {{type: constant}}
train: {{batch_tokens: {longest}, max_steps: 20, save_every: 0, validate_every: 0}}
decode: {{beam_size: 1, max_length_ratio: 0, batch_tokens: 1}}
"""


class Trainer:
    """A process that trains on the text, asleep but while asked."""

    def __init__(self, options, arguments):
        self.process = subprocess.Popen([f"{options.build}/tests/train_window", *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.done = 0

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def seconds(self, updates):
        """Of one update, by the mean over `updates`."""
        answer = self.ask(command="run", **{"from": self.done}, updates=updates)
        self.done += updates
        return answer["seconds"] / updates

    def end(self):
        peak = self.ask(command="info")["peak_kb"] / 1024
        self.process.stdin.close()
        self.process.wait()
        return peak


class Text:
    """One sentence of the length, as often as updates ask for it, and a config that trains on it."""

    def __init__(self, directory, length):
        self.directory = pathlib.Path(directory)
        words = random.Random(length)
        line = " ".join(f"w{words.randrange(1000)}" for _ in range(length - 1))
        short = " ".join(line.split()[:TARGET])  # enough for a model that is only to translate
        for name, source in (("text", line), ("short", short)):
            (self.directory / f"{name}.source").write_text((source + "\n") * 50)
            (self.directory / f"{name}.target").write_text((" ".join(["v"] * (TARGET - 1)) + "\n") * 50)
        self.lines = max(2, min(8, 2048 // length))  # translated in one call: short ones would not be seen beside its start
        (self.directory / "input").write_text((line + "\n") * self.lines)
        self.config = self.directory / "config.yaml"
        self.config.write_text(CONFIG.format(directory=directory, longest=max(length, TARGET) + 1, target=TARGET + 1))


def training(options, text):
    trainers = {name: Trainer(options, [str(text.config), "--threads", str(options.threads), "--quiet", *kind])
                for name, kind in KINDS.items()}
    updates = {name: max(1, round(0.3 / max(trainer.seconds(1) and trainer.seconds(1), 1e-3)))
               for name, trainer in trainers.items()}
    seconds = {name: [] for name in KINDS}
    for _ in range(options.windows):
        for name, trainer in trainers.items():
            seconds[name].append(trainer.seconds(updates[name]))
    return {name: (statistics.median(seconds[name]), trainers[name].end()) for name in KINDS}


def translate(options, text, name, steps):
    """Seconds, and peak memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen([f"{options.build}/heed", "translate", str(text.directory / name), "--threads",
                                str(options.threads), "--quiet", f"--decode.max_length={steps}", "-i",
                                str(text.directory / "input")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # it says that translations are cut
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0 or len(output.split()) != steps * text.lines:
        sys.exit(f"{name}: expected {steps * text.lines} words, found {len(output.split())}")
    return seconds, usage.ru_maxrss / 1024


def decoding(options, text):
    for name, kind in KINDS.items():
        short = [f"--data.train.{side}={text.directory}/short.{side}" for side in ("source", "target")]
        subprocess.run([f"{options.build}/heed", "train", str(text.config), f"--run.directory={text.directory / name}",
                        "--threads", str(options.threads), "--quiet", *short, *kind], check=True)
    seconds, peaks = {name: [] for name in KINDS}, dict.fromkeys(KINDS, 0)
    for _ in range(options.windows):
        for name in KINDS:
            (short, _), (long, peak) = (translate(options, text, name, steps) for steps in STEPS)
            seconds[name].append((long - short) / (STEPS[1] - STEPS[0]) / text.lines)
            peaks[name] = max(peaks[name], peak)
    return {name: (statistics.median(seconds[name]), peaks[name]) for name in KINDS}


def table(measured, what):
    """measured: kind -> length -> (seconds, MB)."""
    lengths = list(next(iter(measured.values())))
    lines = [f"{what}: ms (peak MB) by words of the source", "",
             "| reach | " + " | ".join(f"{length:,}" for length in lengths) + f" | {lengths[-1]:,} by {lengths[-2]:,} |",
             "|---" * (len(lengths) + 2) + "|"]
    for name, row in measured.items():
        cells = [f"{seconds * 1000:.2f} ({peak:.0f})" for seconds, peak in row.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {row[lengths[-1]][0] / row[lengths[-2]][0]:.2f} |")
    return "\n".join(lines) + "\n"


def cpu_model():
    with open("/proc/cpuinfo") as info:
        return next(line.split(":")[1].strip() for line in info if line.startswith("model name"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--windows", type=int, default=5)
    parser.add_argument("--shortest", type=int, default=64)
    parser.add_argument("--longest", type=int, default=8192)
    parser.add_argument("--pictures", type=pathlib.Path, default="docs")
    options = parser.parse_args()
    lengths = [length for length in (64 << power for power in range(8)) if options.shortest <= length <= options.longest]
    measured = {"update": {name: {} for name in KINDS}, "step of greedy search": {name: {} for name in KINDS}}
    for length in lengths:
        with tempfile.TemporaryDirectory() as directory:
            text = Text(directory, length)
            for what, measure in zip(measured, (training, decoding)):
                for name, result in measure(options, text).items():
                    measured[what][name][length] = result
                    print(f"{length} words, {name}: {what} {1000 * result[0]:.2f} ms, {result[1]:.0f} MB", file=sys.stderr,
                          flush=True)
    print(f"{cpu_model()}, {options.threads} threads, medians of {options.windows} windows\n")
    for what, kinds in measured.items():
        print(table(kinds, what))
        curves = {name: [(length, seconds * 1000) for length, (seconds, _) in row.items()] for name, row in kinds.items()}
        picture = line_plot(curves, f"{what}: ms by words of the source", "{:g}", by_ratio=True, label_format="{:.1f} ms")
        (options.pictures / f"attention_{what.split()[0]}.svg").write_text(picture)


if __name__ == "__main__":
    main()
