#!/usr/bin/env python3
"""Training ended by signals at random moments and resumed ends in the same bytes as training left alone.

  kill_and_resume.py HEED WORK_DIRECTORY [--signal KILL|TERM] [--kind transformer|recurrent|...] [--kills N] [--updates N]
                     [--save-every N] [--seed N] [--expect-failure]

Makes a toy corpus, trains it once without interruption, then again in another directory with N signals: each falls at
a random moment of a process's life, start-up and saving included, after which `heed train --resume` goes on. At the end
every file of the last checkpoint must have the same SHA-256 in both runs. Dropout, moving average, subword noise and
accumulation are on. The same with one thread. A process that is asked to end (SIGTERM) must do so with exit code 0 once
training has begun, with 128 + 15 and a word about it before, and by the signal itself before it has said anything.
Exit code 1 and what was wrong otherwise; with --expect-failure (for faults that must be seen) the other way round.
"""
import argparse, glob, hashlib, os, random, shutil, signal, subprocess, sys, time

CONFIG = """\
run: {{directory: {run}, seed: 3, threads: 2}}
data:
  train: {{source: {data}/train.en, target: {data}/train.de}}
  validation: {{source: {data}/validation.en, target: {data}/validation.de}}
  cache_directory: {data}/cache
tokenizer: {{type: bpe, vocab_size: 600, sampling: 0.1}}
model: {{d_model: 32, num_encoder_layers: 1, num_decoder_layers: 1, dropout: 0.1, {kind}}}
optimizer: {{learning_rate: 0.002}}
schedule: {{warmup_steps: 50}}
train: {{max_steps: {updates}, batch_tokens: 400, accumulation_steps: 2, ema: 0.99, validate_every: 0, save_every: {save_every},
        log_every: 20, keep: 2}}
"""

TRANSFORMER = "d_ff: 64, num_heads: 2, attention_dropout: 0.1, activation_dropout: 0.1"
RECURRENT = "decoder: recurrent, encoder: "

# Keys of the model. The last ones have, between them, every parameter and every state that attention can have.
KINDS = {
    "transformer": TRANSFORMER,
    "copying": TRANSFORMER + ", copy: true, coverage: true",
    "recurrent": RECURRENT + "recurrent",
    "sparse": TRANSFORMER + """, positions: relative, norm_type: rms, activation: swiglu,
        encoder_attention: {reach: adaptive_span, score: cosine}, decoder_attention: {normalizer: entmax15},
        cross_attention: {reach: local_predictive, score: euclidean}""",
    "low_rank": TRANSFORMER + """, encoder_attention: {reach: low_rank, rank: 4, score: additive},
        decoder_attention: {reach: adaptive_span}, cross_attention: {reach: low_rank, rank: 5, score: general}""",
    "convolutional": RECURRENT + """convolutional, recurrence: luong,
        cross_attention: {num_heads: 2, normalizer: sparsemax, reach: local_predictive, dropout: 0.1}""",
}


def sums(checkpoint):
    return {name: hashlib.sha256(open(os.path.join(checkpoint, name), "rb").read()).hexdigest()
            for name in sorted(os.listdir(checkpoint))}


def train(heed, config, *arguments):
    return subprocess.Popen([heed, "train", config, *arguments], stderr=subprocess.PIPE, text=True)


def finish(process):
    _, said = process.communicate()
    if process.returncode != 0:
        sys.exit(f"heed train failed with {process.returncode}: {said}")


def end_by(process, number):
    """Sends the signal; returns whether the process saved because of it. An end that should not be ends the program."""
    process.send_signal(number)
    _, said = process.communicate()
    if number == signal.SIGKILL or process.returncode == 0:
        return number == signal.SIGTERM and "asked to stop" in said
    unheard = process.returncode == -number and said == ""
    too_early = process.returncode == 128 + number and "training has not begun" in said
    if not unheard and not too_early:
        sys.exit(f"heed train answered {signal.Signals(number).name} with {process.returncode}: {said}")
    return False


def write_config(options, name):
    path = os.path.join(options.work, f"{name}.yaml")
    with open(path, "w") as file:
        file.write(CONFIG.format(run=os.path.join(options.work, name), data=os.path.join(options.work, "data"),
                                 updates=options.updates, save_every=options.save_every, kind=KINDS[options.kind]))
    return path


def uninterrupted(options, name, *arguments):
    config = write_config(options, name)
    start = time.monotonic()
    finish(train(options.heed, config, "--overwrite", *arguments))
    return sums(os.path.join(options.work, name, "latest")), time.monotonic() - start


def interrupted(options, name, seconds, draw, most):
    """Trains under at most `most` signals; returns the sums, how many there were, how many of them fell into a save and
    how many were answered with one."""
    config = write_config(options, name)
    shutil.rmtree(os.path.join(options.work, name), ignore_errors=True)
    kills, saving, saved = 0, 0, 0
    while kills < most:
        process = train(options.heed, config, "--resume")
        time.sleep(draw.random() * seconds / 2)  # start-up included; two or more kills to a run
        if process.poll() is not None:
            finish(process)
            break
        saved += end_by(process, options.signal)
        kills += 1
        saving += bool(glob.glob(os.path.join(options.work, name, "checkpoints", "*.tmp-*")))
    finish(train(options.heed, config, "--resume"))
    return sums(os.path.join(options.work, name, "latest")), kills, saving, saved


def compare(what, found, expected):
    different = [name for name in sorted(set(found) | set(expected)) if found.get(name) != expected.get(name)]
    if different:
        sys.exit(f"{what}: {', '.join(different)} of the last checkpoint differ")
    print(f"{what}: all {len(expected)} files of the last checkpoint have the same SHA-256")


def check(options):
    data = os.path.join(options.work, "data")
    subprocess.run([options.heed, "toy", "translation", data, "--lines", "3000", "--quiet"], check=True)

    expected, seconds = uninterrupted(options, "alone")
    again, _ = uninterrupted(options, "again")
    compare("a second run", again, expected)
    draw, done, answered = random.Random(options.seed), 0, 0
    while done < options.kills:  # a run that ends before its last signal is followed by another
        found, kills, saving, saved = interrupted(options, "killed", seconds, draw, options.kills - done)
        how = f"{saving} of them inside a save" if options.signal == signal.SIGKILL else f"{saved} of them answered by a save"
        compare(f"{kills} {options.signal.name}s, {how}", found, expected)
        done += kills
        answered += saved
    if options.signal == signal.SIGTERM and answered < options.kills / 4:
        sys.exit(f"only {answered} of {done} signals fell into training: too few to have tested anything")

    one, _ = uninterrupted(options, "one_thread", "--threads", "1")
    weights = "model.safetensors"
    if one[weights] != expected[weights]:
        sys.exit("with --threads 1 the weights differ from those of two threads")
    print("with --threads 1 the weights are those of two threads")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("heed")
    parser.add_argument("work")
    parser.add_argument("--kind", choices=KINDS, default="transformer")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--updates", type=int, default=120)
    parser.add_argument("--save-every", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--signal", type=lambda name: signal.Signals["SIG" + name], default=signal.SIGKILL)
    parser.add_argument("--expect-failure", action="store_true")
    options = parser.parse_args()
    options.work = os.path.abspath(options.work)
    shutil.rmtree(options.work, ignore_errors=True)
    try:
        check(options)
    except SystemExit as failure:
        if not options.expect_failure:
            raise
        print(f"as it should, the harness found: {failure}")
    else:
        if options.expect_failure:
            sys.exit(f"{options.kills} kills, and the harness found nothing wrong with what must fail")
    shutil.rmtree(options.work)


if __name__ == "__main__":
    main()
