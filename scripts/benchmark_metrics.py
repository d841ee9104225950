#!/usr/bin/env python3
"""How fast `heed evaluate` scores beside sacreBLEU, on the same files, side by side.

    scripts/benchmark_metrics.py HEED [--lines N] [--windows N] [--metrics bleu,chrf,ter] [--reference FILE]

The reference is FILE's lines (default: the German of Multi30k's training text where ../shared/data/multi30k is, else generated
words), the hypothesis the same with words replaced, left out and moved. Windows alternate: heed's whole process with all threads
and with one, start and reading included; sacreBLEU in this process, without its start, on lines that are read already. Scores
must be equal. The ratios are of medians. Needs the tests' Python environment (scripts/setup.sh --tests).
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import tempfile
import time

from sacrebleu.metrics import BLEU, CHRF, TER

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../shared/data/multi30k/train.de")


def reference_lines(file, count, rng):
    if file is None and os.path.exists(DATA):
        file = DATA
    if file is None:
        return [" ".join(f"w{int(5000 ** rng.random())}" for _ in range(rng.randrange(5, 30))) + "." for _ in range(count)]
    with open(file, encoding="utf-8") as lines:
        text = lines.read().splitlines()
    return (text * (count // len(text) + 1))[:count]


def disturbed(line, rng):
    words = line.split(" ")
    for _ in range(rng.randrange(6)):
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        kind = rng.randrange(3)
        if kind == 0:
            words[i] = words[j]
        elif kind == 1 and len(words) > 1:
            del words[i]
        else:
            run = words[i:i + 3]
            del words[i:i + 3]
            words[j:j] = run
    return " ".join(words)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heed")
    parser.add_argument("--lines", type=int, default=20000)
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--metrics", default="bleu,chrf,ter")
    parser.add_argument("--reference")
    options = parser.parse_args()
    rng = random.Random(4)
    reference = reference_lines(options.reference, options.lines, rng)
    hypothesis = [disturbed(line, rng) for line in reference]
    with open("/proc/cpuinfo") as cpu:
        print(next((line.split(": ")[1].strip() for line in cpu if line.startswith("model name")), "unknown CPU"),
              f"{os.cpu_count()} cores, {options.lines} lines", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in (("hypothesis", hypothesis), ("reference", reference)):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in lines)

        def heed(metric, *more):
            start = time.perf_counter()
            done = subprocess.run([options.heed, "evaluate", "--hypothesis", f"{folder}/hypothesis", "--reference",
                                   f"{folder}/reference", "--metrics", metric, "--json", "--quiet", *more], check=True,
                                  capture_output=True, text=True)
            return time.perf_counter() - start, json.loads(done.stdout)["scores"][0]["score"]

        for metric in options.metrics.split(","):
            theirs = {"bleu": BLEU, "chrf": CHRF, "ter": TER}[metric]
            times = {"all": [], "one": [], "sacrebleu": []}
            for _ in range(options.windows):
                seconds, ours = heed(metric)
                times["all"].append(seconds)
                times["one"].append(heed(metric, "--threads", "1")[0])
                start = time.perf_counter()
                score = theirs(force=True).corpus_score(hypothesis, [reference]).score if metric == "bleu" else \
                    theirs().corpus_score(hypothesis, [reference]).score
                times["sacrebleu"].append(time.perf_counter() - start)
                if abs(ours - score) > 1e-9:
                    raise SystemExit(f"{metric}: heed {ours}, sacreBLEU {score}")
            medians = {kind: statistics.median(values) for kind, values in times.items()}
            print(f"{metric}: {medians['sacrebleu'] / medians['all']:.1f} times sacreBLEU with all threads, "
                  f"{medians['sacrebleu'] / medians['one']:.1f} with one ({medians['all']:.2f} and {medians['one']:.2f} s against "
                  f"{medians['sacrebleu']:.2f} s); {score:.2f} both", flush=True)


if __name__ == "__main__":
    main()
