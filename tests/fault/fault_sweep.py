#!/usr/bin/env python3
"""Every command of heed, with its first, second, third, ... system call on a file failing.

  fault_sweep.py HEED PRELOAD WORK_DIRECTORY [--every N] [--from N] [--commands a,b] [--without a,b]
                 [--kinds EIO,ENOSPC,EINTR,short]

PRELOAD is the library of file_faults.cpp. Each command starts from the same files for each fault, until there was none
any more to strike; --every takes each N-th only. A case holds when
  - heed neither crashed nor hung; EINTR and short transfers are nothing to it (exit code 0);
  - exit code 0: what it wrote, on standard output too, is what it writes without faults;
  - exit code 1 (2 where the config cannot be read): one line on standard error, behind warnings, that begins with
    `heed: error: ` and names the file or its directory;
  - what it writes is there as before or as new, whole, and every checkpoint is that of an uninterrupted run;
  - after a failure, or where something was left, the same command (training: with --resume) then ends with exit code 0,
    the very bytes it writes without faults, and no other file left.
Prints a line for each case that does not hold and, at the end, a table. Exit code 1 if there was such a case.
"""
import argparse, collections, glob, hashlib, os, re, shutil, subprocess, sys

SECONDS = 120  # after which a command hangs

CONFIG = """\
run: {{directory: {work}/{run}, seed: 3, threads: 1}}
data:
  train: {{source: {work}/data/train.source, target: {work}/data/train.target}}
  validation: {{source: {work}/short.source, target: {work}/short.target}}
  test: {{source: {work}/short.source, target: {work}/short.target}}
  cache_directory: {work}/cache
tokenizer: {{type: bpe, vocab_size: 60, sampling: 0.1}}
model: {{d_model: 16, d_ff: 16, num_heads: 2, num_encoder_layers: 1, num_decoder_layers: 1, norm: post}}
train: {{max_steps: 4, batch_tokens: 200, ema: 0.9, validate_every: 2, save_every: 2, log_every: 2, keep: 1}}
decode: {{max_length: 8, beam_size: 1}}
"""

# Files of a run that hold times or that depend on where it was continued. A save that fails is made up for by the next one.
VOLATILE = re.compile(r"(^|/)(train\.log|metrics\.jsonl|validations\.tsv|curves\.svg|lock|tensorboard(/.*)?|attention(/.*)?"
                      r"|checkpoints/step-\d+(/.*)?)$")


class Command:
    """Arguments; `again`: those of the run after the fault; `writes`: the files and directories it makes or replaces, each
    of them whole or not at all (`*`: every entry of a directory). With `discards` the old ones may be gone."""

    def __init__(self, arguments, writes=(), again=None, discards=False):
        self.arguments, self.writes, self.again = arguments.split(), writes, (again or arguments).split()
        self.discards = discards


def in_run(name):
    return [f"{name}/config.yaml", f"{name}/latest", f"{name}/best"]


COMMANDS = {
    "vocab": Command("vocab {work}/new.yaml", ["new/tokenizer"]),
    "audit": Command("audit {work}/new.yaml --no-timing --html {work}/out.html", ["out.html"]),
    "train": Command("train {work}/new.yaml", in_run("new"), "train {work}/new.yaml --resume"),
    "train --resume": Command("train {work}/part.yaml --resume", in_run("part")),
    "train --overwrite": Command("train {work}/part.yaml --overwrite", in_run("part"),
                                 "train {work}/part.yaml --resume", discards=True),
    "train --dump-config": Command("train {work}/new.yaml --dump-config"),
    "translate": Command("translate {work}/run -i {work}/short.source -o {work}/out --alignments {work}/links",
                         ["out", "links"]),
    "translate -o old": Command("translate {work}/run -i {work}/short.source -o {work}/old", ["old"]),
    "translate -o .gz": Command("translate {work}/run -i {work}/short.source -o {work}/out.gz", ["out.gz"]),
    "score": Command("score {work}/run --source {work}/short.source --target {work}/short.target -o {work}/out", ["out"]),
    "evaluate": Command("evaluate {work}/run -o {work}/out", ["out"]),
    "evaluate FILE": Command("evaluate --hypothesis {work}/short.source --reference {work}/short.target"),
    "attention": Command("attention {work}/run --source 1 -o {work}/out.svg", ["out.svg"]),
    "average": Command("average {work}/run --last 2 -o {work}/out", ["out"],
                       "average {work}/run --last 2 -o {work}/out --force"),
    "import": Command("import {work}/foreign -o {work}/out", ["out"], "import {work}/foreign -o {work}/out --force"),
    "toy": Command("toy copy {work}/toy --lines 20", ["toy/*"]),
    "cache": Command("cache --directory {work}/cache"),
    "cache --prune": Command("cache --directory {work}/cache --prune 0", ["cache/*"]),
    "inspect": Command("inspect {work}/run"),
    "inspect --attention": Command("inspect {work}/run --attention {work}/short.source"),
    "config": Command("config train"),
}
for name in ("ctranslate2", "huggingface", "safetensors"):
    export = f"export {{work}}/run --format {name} -o {{work}}/out"
    COMMANDS[f"export {name}"] = Command(export, ["out"], export + " --force")
COMMANDS["export --force"] = Command("export {work}/run --format safetensors -o {work}/foreign --force", ["foreign"])


def content(path):
    """What stands at a path, as text to compare; nothing where there is nothing."""
    if os.path.islink(path):
        return "-> " + os.readlink(path)
    if os.path.isdir(path):
        return " ".join(f"{name} {content(os.path.join(path, name))}" for name in sorted(os.listdir(path)))
    if os.path.exists(path):
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    return None


def trained(checkpoint):
    """What a checkpoint holds of training: all but what names the run and its limits."""
    files = {name: content(os.path.join(checkpoint, name)) for name in os.listdir(checkpoint)}
    return {name: None if name in ("config.yaml", "manifest.json") else bytes for name, bytes in files.items()}


def listing(work):
    found = set()
    for directory, directories, files in os.walk(work):
        found |= {os.path.relpath(os.path.join(directory, name), work) for name in directories + files}
    return {name for name in found if not VOLATILE.search(name)}


def units(work, patterns):
    """The contents of all that a command writes, by path. Files in the making do not count."""
    found = {}
    for pattern in patterns:
        directory, name = os.path.split(os.path.join(work, pattern))
        names = [name] if name != "*" else sorted(os.listdir(directory)) if os.path.isdir(directory) else []
        for one in names:
            if ".tmp-" not in one:
                found[os.path.relpath(os.path.join(directory, one), work)] = content(os.path.join(directory, one))
    return found


Outcome = collections.namedtuple("Outcome", "code out err")


class Sweep:
    def __init__(self, options):
        self.heed, self.preload = os.path.abspath(options.heed), os.path.abspath(options.preload)
        self.every, self.first = options.every, options.first
        root = os.path.abspath(options.work)
        shutil.rmtree(root, ignore_errors=True)
        self.work, self.stock, self.report = (os.path.join(root, name) for name in ("work", "stock", "report"))
        os.makedirs(self.work)
        self.make_stock()

    def run(self, arguments, fault=None):
        words = [word.format(work=self.work) for word in arguments] + ["--quiet"]
        environment = dict(os.environ)
        if fault:
            kind, at = fault
            environment.update(LD_PRELOAD=self.preload, FAULT_UNDER=self.work, FAULT_KIND=kind, FAULT_AT=str(at),
                               FAULT_REPORT=self.report)
        try:
            process = subprocess.run([self.heed, *words], capture_output=True, env=environment, timeout=SECONDS)
            return Outcome(process.returncode, process.stdout, process.stderr.decode("utf-8", "replace"))
        except subprocess.TimeoutExpired:
            return Outcome("hung", b"", "")

    def must(self, arguments):
        outcome = self.run(arguments.split())
        if outcome.code != 0:
            sys.exit(f"heed {arguments} without a fault ended with {outcome.code}: {outcome.err}")
        return outcome

    def make_stock(self):
        """The files that every command starts from, and the checkpoints of an uninterrupted run, all of them."""
        self.must("toy copy {work}/data --lines 60")
        for side in ("source", "target"):
            with open(f"{self.work}/data/train.{side}") as text, open(f"{self.work}/short.{side}", "w") as short:
                short.writelines(text.readlines()[:3])
        for run in ("new", "part", "run"):
            with open(f"{self.work}/{run}.yaml", "w") as file:
                file.write(CONFIG.format(work=self.work, run=run))
        self.must("train {work}/run.yaml --train.keep=9")
        checkpoints = f"{self.work}/run/checkpoints"
        self.checkpoints = {name: trained(f"{checkpoints}/{name}") for name in os.listdir(checkpoints)}
        shutil.rmtree(f"{self.work}/run")
        self.must("train {work}/run.yaml --train.keep=2")
        self.must("train {work}/part.yaml --train.max_steps=2")
        self.must("export {work}/run --format huggingface -o {work}/foreign")
        with open(f"{self.work}/old", "w") as file:
            file.write("from before\n")
        shutil.copytree(self.work, self.stock, symlinks=True)

    def restock(self):
        shutil.rmtree(self.work)
        shutil.copytree(self.stock, self.work, symlinks=True)

    def halves(self, command, before, after):
        """What there is now of what a command writes and is neither old nor new."""
        found = units(self.work, command.writes)

        def leads_somewhere(path):
            return os.path.islink(os.path.join(self.work, path)) and os.path.exists(os.path.join(self.work, path))

        halves = [path for path in {**found, **before} if found.get(path) not in (before.get(path), after.get(path))
                  and not (command.discards and found.get(path) is None)]
        checkpoints = [path for path in glob.glob(f"{self.work}/*/checkpoints/step-*") if ".tmp-" not in path]
        return [path for path in halves if not leads_somewhere(path)] + \
               [path for path in checkpoints if self.checkpoints.get(os.path.basename(path)) != trained(path)]

    def verdict(self, command, kind, outcome, call, reference):
        """What is wrong with a case; nothing where it holds."""
        before, after, files, out = reference
        path = call.split(" ", 1)[1]
        unread_config = outcome.code == 2 and path.endswith(".yaml") and "cannot read" in outcome.err
        if outcome.code not in (0, 1) and not unread_config:
            return f"exit code {outcome.code}: {outcome.err.strip()[:300]}"
        if kind in ("EINTR", "short") and outcome.code != 0:
            return f"not tolerated: {outcome.err.strip()}"
        found = units(self.work, command.writes)
        if outcome.code == 0 and (found != after or outcome.out != out):
            return f"exit code 0, but other output: {[name for name in after if found.get(name) != after[name]]}"
        if outcome.code != 0 and not re.fullmatch(r"(warning: [^\n]*\n)*heed: error: [^\n]*\n", outcome.err):
            return f"not one line of an error: {outcome.err.strip()[:300]!r}"
        target = re.sub(r"\.tmp-\w{6}/.*", "", path)  # which the file in the making is for
        if outcome.code != 0 and not any(part in outcome.err for part in (path, os.path.dirname(path), target)):
            return f"the error does not name the file: {outcome.err.strip()}"
        if halves := self.halves(command, before, after):
            return f"neither old nor new: {', '.join(sorted(halves))}"
        if outcome.code == 0 and listing(self.work) == files:
            return None  # done, and nothing left to do
        again = self.run(command.again)
        if again.code != 0:
            return f"the next run ends with {again.code}: {again.err.strip()[:300]}"
        if units(self.work, command.writes) != after:
            return "the next run writes other bytes"
        left = listing(self.work) ^ files
        return f"left or missing after the next run: {', '.join(sorted(left))}" if left else None

    def reference(self, name, command):
        """The state before and after, the files after and the standard output, without a fault."""
        self.restock()
        before = units(self.work, command.writes)
        outcome = self.must(" ".join(command.arguments))
        return before, units(self.work, command.writes), listing(self.work), outcome.out

    def sweep(self, name, kind):
        """Counts of cases by how they ended."""
        command, counts = COMMANDS[name], collections.Counter()
        reference = self.reference(name, command)
        at = self.first
        while True:
            self.restock()
            if os.path.exists(self.report):
                os.remove(self.report)
            outcome = self.run(command.arguments, (kind, at))
            if not os.path.exists(self.report):
                if outcome.code != 0:
                    counts["not"] += 1
                    print(f"{name}, {kind} {at}: no fault, but exit code {outcome.code}: {outcome.err}", flush=True)
                return counts
            with open(self.report) as file:
                call = file.read().strip()
            wrong = self.verdict(command, kind, outcome, call, reference)
            counts["cases"] += 1
            counts["not" if wrong else "held"] += 1
            if wrong:
                print(f"{name}, {kind} {at}, {call.replace(self.work + '/', '')}: {wrong}", flush=True)
            at += self.every


def main():
    parser = argparse.ArgumentParser()
    for name in ("heed", "preload", "work"):
        parser.add_argument(name)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--commands", default=",".join(COMMANDS))
    parser.add_argument("--without", default="")
    parser.add_argument("--kinds", default="EIO,ENOSPC,EINTR,short")
    options = parser.parse_args()
    os.environ.update(OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="")
    sweep = Sweep(options)
    commands = [name for name in options.commands.split(",") if name not in options.without.split(",")]
    rows = [(name, kind, sweep.sweep(name, kind)) for name in commands for kind in options.kinds.split(",")]
    print(f"\n{'command':22}{'fault':8}{'cases':>7}{'held':>7}{'not':>7}")
    for name, kind, counts in rows + [("all", "", sum((counts for _, _, counts in rows), collections.Counter()))]:
        print(f"{name:22}{kind:8}{counts['cases']:7}{counts['held']:7}{counts['not']:7}")
    if any(counts["not"] for _, _, counts in rows):
        sys.exit(1)
    shutil.rmtree(os.path.abspath(options.work))


if __name__ == "__main__":
    main()
