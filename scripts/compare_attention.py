#!/usr/bin/env python3
"""What scripts/compare_attention.sh does: trains configs/attention/*.yaml on one task, one run after another, and writes a
table and the learning curves. Everything is read off what a run leaves: metrics.jsonl, and heed evaluate and score."""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

from line_plot import line_plot

MULTI30K = "../shared/data/multi30k/"
ALIGNMENT_SHARES = (1, 0.5)  # of heed score --alignment-share


def corpus(directory, source, target, names=("train", "validation", "test")):
    return [f"--data.{part}.{side}={directory}/{name}.{suffix}" for part, name in zip(("train", "validation", "test"), names)
            for side, suffix in (("source", source), ("target", target))]


# What a task changes of a config, which is one of toy translation.
TASKS = {
    "translation": [],
    "reverse": corpus("data/toy/reverse", "source", "target") + ["--tokenizer.type=none", "--decode.max_length=64"],
    "multi30k": corpus(MULTI30K, "en", "de", ("train", "val", "test_2016_flickr"))
    + ["--tokenizer.vocab_size=8000", "--tokenizer.normalization=nmt_nfkc", "--model.d_model=256", "--model.dropout=0.2",
       "--optimizer.learning_rate=0.0015", "--schedule.warmup_steps=300", "--train.ema=0.999"],
}


class Run:
    def __init__(self, options, name):
        self.options, self.name = options, name
        self.directory = pathlib.Path("runs/attention", options.task, name)

    def heed(self, *arguments):
        """Standard output, and the highest resident memory in MB."""
        process = subprocess.Popen([self.options.heed, *arguments, "--threads", str(self.options.threads)],
                                   stdout=subprocess.PIPE, text=True)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"heed {' '.join(arguments)} failed")
        return output, usage.ru_maxrss / 1024

    def train(self):
        done = self.directory / "peak_mb"
        if done.exists():
            return
        shutil.rmtree(self.directory, ignore_errors=True)
        arguments = [f"--run.directory={self.directory}", f"--train.max_steps={self.options.steps}",
                     f"--train.validate_every={max(1, self.options.steps // 8)}", "--train.save_every=0", "--quiet",
                     f"--schedule.warmup_steps={min(200, self.options.steps // 8)}"]
        _, peak = self.heed("train", f"configs/attention/{self.name}.yaml", *TASKS[self.options.task], *arguments,
                            *self.options.overrides)
        done.write_text(f"{peak:.0f}\n")

    def events(self, kind):
        lines = (self.directory / "metrics.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["event"] == kind]

    def curve(self):
        return [(event["step"], event["loss"]) for event in self.events("validation")]

    def alignment_error_rate(self, share):
        """Against the grammar's own alignment; nothing where there is none."""
        if self.options.task != "translation":
            return None
        links, test = self.directory / "test.align", "data/toy/translation/test"
        self.heed("score", str(self.directory), "--source", test + ".en", "--target", test + ".de", "-o", os.devnull,
                  "--alignments", str(links), f"--alignment-share={share}", "--quiet")
        output, _ = self.heed("evaluate", "--alignments", str(links), "--reference-alignments", test + ".align", "--json",
                              "--quiet")
        return json.loads(output)["scores"][0]["score"]

    def row(self):
        output, _ = self.heed("evaluate", str(self.directory), "--json", "--quiet")
        bleu = next(score["score"] for score in json.loads(output)["scores"] if score["name"] == "bleu")
        speeds = [event["tokens_per_second"] for event in self.events("update")]
        parameters = next(line for line in (self.directory / "train.log").read_text().splitlines() if " parameters;" in line)
        return {"loss": min(loss for _, loss in self.curve()), "bleu": bleu, "aer": [self.alignment_error_rate(share) for share in ALIGNMENT_SHARES],
                "speed": statistics.median(speeds), "peak": float((self.directory / "peak_mb").read_text()),
                "parameters": int(parameters.split(" parameters;")[0].split()[-1])}


def table(rows, task):
    alignment = task == "translation"
    lines = ["| attention | validation loss | test BLEU |" + (f" alignment error rate, by shares of {' and '.join(map(str, ALIGNMENT_SHARES))} |" if alignment else "") +
             " target tokens/s | peak MB | parameters |", "|---|---|---|" + ("---|" if alignment else "") + "---|---|---|"]
    for name, row in rows.items():
        aer = f" {', '.join(f'{rate:.3f}' for rate in row['aer'])} |" if alignment else ""
        lines.append(f"| {name} | {row['loss']:.3f} | {row['bleu']:.2f} |{aer} {row['speed']:.0f} | {row['peak']:.0f} | "
                     f"{row['parameters'] / 1e6:.2f} M |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--heed", required=True)
    parser.add_argument("--task", choices=TASKS, default="translation")
    parser.add_argument("--steps", type=int, default=1600)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("names", nargs="*")
    options, options.overrides = parser.parse_known_args()
    if any(not override.startswith("--") or "=" not in override for override in options.overrides):
        parser.error(f"expected --section.key=value, got {' '.join(options.overrides)}")
    known = sorted(path.stem for path in pathlib.Path("configs/attention").glob("*.yaml"))
    names = options.names or [name for name in known if options.task == "translation" or "guided" not in name]
    for name in names:
        if name not in known:
            sys.exit(f"no configs/attention/{name}.yaml; there are {', '.join(known)}")
    toy = {"translation": "translation", "reverse": "reverse"}.get(options.task)
    if toy:
        subprocess.run([options.heed, "toy", toy, f"data/toy/{toy}", "--quiet"], check=True)
    elif not os.path.exists(MULTI30K):
        sys.exit(f"{MULTI30K} is not there: put Multi30k's train, val and test_2016_flickr .en and .de there")
    rows, curves = {}, {}
    for name in names:
        start = time.monotonic()
        run = Run(options, name)
        run.train()
        rows[name], curves[name] = run.row(), run.curve()
        print(f"{name}: {rows[name]['bleu']:.2f} BLEU, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        directory = pathlib.Path("runs/attention", options.task)
        (directory / "table.md").write_text(table(rows, options.task))
        # What first validations reach up to would flatten the rest.
        picture = line_plot(curves, f"{options.task}: validation loss by updates", "{:.2f}", cut=0.05, label_format="{:.3f}")
        (directory / "curves.svg").write_text(picture)
    print(table(rows, options.task), end="")


if __name__ == "__main__":
    main()
