#!/usr/bin/env python3
"""Commands that run out of memory say so in one line and end with exit code 1, whatever they were doing.

  memory_ladder.py HEED WORK_DIRECTORY [--steps N] [--commands NAME,...]

Trains a small model without limits, then runs each command under N limits of address space (RLIMIT_AS, as `ulimit -v`
sets it), from one under which it does nothing but start up to one under which it ends well. Accepted are exit code 0,
and exit code 1 with one line on stderr, which begins with "heed: error:"; never a signal, a second line or a hang. At
least one limit of each command must end in either. Exit code 1 and the commands with what they said otherwise.
"""
import argparse, os, resource, shutil, subprocess, sys

CONFIG = """\
run: {{directory: {work}/{run}, seed: 3, threads: 2}}
data:
  train: {{source: {work}/data/train.en, target: {work}/data/train.de}}
  validation: {{source: {work}/few.en, target: {work}/few.de}}
  test: {{source: {work}/few.en, target: {work}/few.de}}
  cache_directory: {work}/cache-{run}
tokenizer: {{type: bpe, vocab_size: 300, sampling: 0.1}}
model: {{d_model: 128, d_ff: 512, num_heads: 2, num_encoder_layers: 2, num_decoder_layers: 2}}
train: {{max_steps: 2, batch_tokens: 4000, validate_every: 2, save_every: 2}}
decode: {{max_length: 10, beam_size: 2}}
"""

os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # idle threads of a busy machine do not spin

TIMEOUT = 300  # seconds; only a hang reaches it


def write_config(work, run):
    path = f"{work}/{run}.yaml"
    with open(path, "w") as file:
        file.write(CONFIG.format(work=work, run=run))
    return path


def commands_of(work):
    """Name and words of each command; {new} is a directory that no command has used before."""
    text, reference = f"{work}/few.en", f"{work}/few.de"
    new = write_config(work, "new")
    return {
        "vocab": ["vocab", new],
        "train": ["train", new, "--overwrite"],
        "translate": ["translate", f"{work}/run", "-i", text, "-o", f"{work}/translations"],
        "score": ["score", f"{work}/run", "--source", text, "--target", reference, "-o", f"{work}/scores"],
        "evaluate": ["evaluate", f"{work}/run"],
        "export": ["export", f"{work}/run", "--format", "ctranslate2", "-o", f"{work}/export", "--force"],
    }


def run(heed, words, limit):
    def restrict():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        ended = subprocess.run([heed, *words, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=restrict, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return "none", "it hangs"
    return ended.returncode, ended.stderr.decode(errors="replace")


def require(heed, words):
    code, said = run(heed, words, 0)
    if code != 0:
        sys.exit(f"heed {' '.join(words)} failed with {code}: {said}")


def warnings_left_out(text):
    return [line for line in text.splitlines() if not line.startswith("warning: ")]


def is_accepted(code, said):
    lines = warnings_left_out(said)
    return (code == 0 and not lines) or (code == 1 and len(lines) == 1 and lines[0].startswith("heed: error: "))


def least_that_starts(heed):
    """Bytes of address space under which the program's own libraries load; below it no line is ours."""
    low, high = 0, 1 << 36
    while high - low > 1 << 22:
        middle = (low + high) // 2
        low, high = (low, middle) if run(heed, ["help"], middle)[0] == 0 else (middle, high)
    return high


def least_that_ends_well(heed, words, start):
    extra = 1 << 24
    while run(heed, words, start + extra)[0] != 0:
        extra *= 2
    return start + extra


def climb(heed, name, words, start, steps):
    top = least_that_ends_well(heed, words, start)
    counts, failures = {0: 0, 1: 0}, []
    for step in range(steps):
        limit = start + (top - start) * step // (steps - 1)
        code, said = run(heed, words, limit)
        if is_accepted(code, said):
            counts[code] += 1
        else:
            failures.append((limit, code, said))
    print(f"{name:<10} {start >> 20} to {top >> 20} MiB: {counts[0]} ended well, {counts[1]} with one line, "
          f"{len(failures)} otherwise", flush=True)
    for limit, code, said in failures:
        print(f"  {limit >> 20} MiB: exit code {code}: {said.strip()[:300]!r}", flush=True)
    return not failures and counts[0] > 0 and counts[1] > 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("heed")
    parser.add_argument("work")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--commands", default="")
    options = parser.parse_args()
    work = os.path.abspath(options.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    require(options.heed, ["toy", "translation", f"{work}/data", "--lines", "400"])
    for language in ("en", "de"):
        with open(f"{work}/data/test.{language}") as test, open(f"{work}/few.{language}", "w") as few:
            few.writelines(list(test)[:40])
    require(options.heed, ["train", write_config(work, "run")])
    start = least_that_starts(options.heed)
    chosen = options.commands.split(",") if options.commands else list(commands_of(work))
    passed = [climb(options.heed, name, commands_of(work)[name], start, options.steps) for name in chosen]
    shutil.rmtree(work, ignore_errors=True)
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
