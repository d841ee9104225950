#!/usr/bin/env python3
"""No handler ever runs in a thread of heed: what the system says of every thread while it trains and translates.

  signal_masks.py HEED PRELOAD WORK_DIRECTORY       PRELOAD: the library of signal_faults.cpp

From its first word on, `heed train` blocks SIGINT, SIGTERM and SIGHUP in every thread, those of OpenMP, LibTorch and
sentencepiece included, but in one: the one that waits for them (the system unblocks them there while it waits).
`heed translate` leaves them to the system, which ends it. Neither has a handler for any signal (SigCgt), whoever might
install one, but for the two that glibc keeps for itself and sends only from pthread_cancel and setuid.
At last the same is looked at with faults preloaded, which must be found. Exit code 1 and what was found otherwise.
"""
import argparse, glob, os, shutil, signal, subprocess, sys, time

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GLIBC = {32, 33}  # SIGCANCEL, SIGSETXID

CONFIG = """\
run: {{directory: {work}/run, threads: 2}}
data:
  train: {{source: {work}/data/train.en, target: {work}/data/train.de}}
  validation: {{source: {work}/data/validation.en, target: {work}/data/validation.de}}
  cache_directory: {work}/cache
tokenizer: {{type: unigram, vocab_size: 400}}
model: {{d_model: 32, d_ff: 64, num_heads: 2, num_encoder_layers: 1, num_decoder_layers: 1}}
train: {{max_steps: 60, batch_tokens: 400, validate_every: 30, save_every: 30, log_every: 20}}
decode: {{max_length: 40}}
"""


def signals_in(mask):
    bits = int(mask, 16)
    return {number for number in range(1, 65) if bits >> (number - 1) & 1}


def read_status(path):
    """The masks of one thread by their names in proc(5); nothing where it has ended."""
    try:
        with open(path) as file:
            lines = [line.rstrip().split(":\t") for line in file if line.startswith("Sig")]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return {key: signals_in(value) for key, value in lines if key != "SigQ"}


class Watch:
    """What was seen of a process's threads."""

    def __init__(self):
        self.looks, self.threads, self.open_threads, self.caught = 0, set(), set(), set()

    def look(self, pid):
        for path in glob.glob(f"/proc/{pid}/task/*/status"):
            status = read_status(path)
            if status is None:
                continue
            thread = path.split("/")[4]
            self.threads.add(thread)
            self.caught |= status["SigCgt"]
            if not status["SigBlk"] >= set(ENDS):
                self.open_threads.add(thread)
        self.looks += 1


def watch(command, preload=None, fault=None, wait_for=None):
    """Runs the command to its end, looking at it from when its standard error first holds `wait_for`."""
    environment = dict(os.environ, LD_PRELOAD=preload, SIGNAL_FAULT=fault) if preload else None
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    seen = Watch()
    said = ""
    while wait_for and wait_for not in said:
        line = process.stderr.readline()
        if not line:
            sys.exit(f"{' '.join(command)} never said '{wait_for}': {said}")
        said += line
    while process.poll() is None:
        seen.look(process.pid)
        time.sleep(0.002)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {said}{process.stderr.read()}")
    return seen


def name_of(number):
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"


def faults(what, seen, listens):
    """What is wrong, as text."""
    found = []
    handled = seen.caught - GLIBC
    if handled:
        found.append(f"{what} has a handler for {', '.join(map(name_of, sorted(handled)))}")
    if listens and len(seen.open_threads) != 1:
        found.append(f"{what}: SIGINT, SIGTERM and SIGHUP are not blocked in {len(seen.open_threads)} of "
                     f"{len(seen.threads)} threads, expected one, that which waits for them")
    if seen.looks < 20 or len(seen.threads) < 2:
        found.append(f"{what}: {seen.looks} looks at {len(seen.threads)} threads are too few to tell")
    return found


def main():
    parser = argparse.ArgumentParser()
    for name in ("heed", "preload", "work"):
        parser.add_argument(name)
    options = parser.parse_args()
    for number in ENDS:
        signal.signal(number, signal.SIG_DFL)  # what is ignored is inherited, and then heed does not listen to it
    work = os.path.abspath(options.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    config, text = os.path.join(work, "config.yaml"), os.path.join(work, "data", "train.en")
    with open(config, "w") as file:
        file.write(CONFIG.format(work=work))
    subprocess.run([options.heed, "toy", "translation", os.path.join(work, "data"), "--lines", "1500", "--quiet"], check=True)
    train = [options.heed, "train", config, "--overwrite"]
    translate = [options.heed, "translate", os.path.join(work, "run"), "-i", text, "-o", os.path.join(work, "out"),
                 "--quiet", "--decode.beam_size=1", "--threads", "2"]

    found = []
    for what, command, said, listens in (("train", train, "trains", True), ("translate", translate, None, False)):
        seen = watch(command, wait_for=said)
        found += faults(what, seen, listens)
        print(f"{what}: {len(seen.threads)} threads, {seen.looks} looks; handlers: {sorted(seen.caught)}")
    for fault in ("handler", "thread"):
        unseen = not faults("train", watch(train, options.preload, fault, "trains"), True)
        if unseen:
            found.append(f"blind: the fault '{fault}' of {options.preload} was not found")
    if found:
        sys.exit("\n".join(found))
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
