#!/usr/bin/env python3
"""Heed's translating beside CTranslate2's (4.8), of the same weights: what scripts/benchmark_translate.sh does.

    benchmark_translate.py --heed FILE MODEL TEXT [--threads N] [--windows N] [--precision fp32]
    benchmark_translate.py peer DIRECTORY TEXT THREADS BEAM ONE COMPUTE_TYPE        CTranslate2's part, a process of its own

MODEL is exported and both translate TEXT, from text to text, sentencepiece included, once the model is loaded; windows
alternate, one side at a time. Heed is written to and read through pipes, CTranslate2 called from Python; it takes its best
arrangement of a small grid (workers x threads, batch), found before the windows. One line at a time, each side gets a line
when it has answered the one before. Memory is each process's highest. The share of lines whose text is
equal is printed too.
"""
import argparse
import fcntl
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

BATCHES = (16, 32, 64)
COMPUTE_TYPES = {"fp32": "float32", "int8": "int8"}


def peer(directory, text, threads, beam, one, compute_type):
    """Answers, for each line of JSON on stdin that names an arrangement, seconds, peak memory and texts."""
    import ctranslate2
    import resource
    import sentencepiece

    def model(name):
        path = os.path.join(directory, name if os.path.exists(os.path.join(directory, name)) else "tokenizer.model")
        return sentencepiece.SentencePieceProcessor(path)

    lines = pathlib.Path(text).read_text().splitlines()
    source, target = model("source.model"), model("target.model")
    search = dict(beam_size=beam, max_decoding_length=256, disable_unk=True)
    translators = {}
    for request in sys.stdin:
        workers, batch = json.loads(request)
        if workers not in translators:
            translators.clear()
            translators[workers] = ctranslate2.Translator(directory, inter_threads=workers,
                                                          intra_threads=max(1, threads // workers), compute_type=compute_type)
        translate = translators[workers].translate_batch
        start = time.monotonic()
        if one:
            results = [translate([source.encode(line, out_type=str)], **search)[0] for line in lines]
        else:
            results = translate(source.encode(lines, out_type=str), max_batch_size=batch, **search)
        texts = [target.decode(result.hypotheses[0]) for result in results]
        seconds = time.monotonic() - start
        print(json.dumps({"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                          "texts": texts}), flush=True)


class Ctranslate2:
    def __init__(self, options, directory, beam, one):
        self.process = subprocess.Popen([sys.executable, __file__, "peer", directory, options.text, str(options.threads),
                                         str(beam), str(int(one)), COMPUTE_TYPES[options.precision]], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        grid = [(workers, batch) for workers in sorted({1, options.threads}) for batch in ((1,) if one else BATCHES)]
        self.best = min(grid, key=lambda arrangement: self.ask(arrangement)["seconds"])

    def ask(self, arrangement):
        self.process.stdin.write(json.dumps(arrangement) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def run(self):
        return self.ask(self.best)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Heed:
    def __init__(self, options, beam, one):
        self.options, self.one = options, one
        self.command = [options.heed, "translate", options.model, "--threads", str(options.threads),
                        f"--decode.beam_size={beam}", "--decode.max_length_ratio=0", "--decode.max_length=256",
                        f"--decode.precision={options.precision}"]

    def run(self):
        process = subprocess.Popen([*self.command, "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        fcntl.fcntl(process.stdin, fcntl.F_SETPIPE_SZ, 1 << 20)  # so that all lines are there at once

        def write(text):
            process.stdin.write(text)
            process.stdin.flush()

        def answer():
            return process.stdout.readline().rstrip("\n")

        lines = pathlib.Path(self.options.text).read_text().splitlines()
        write(lines[0] + "\n")
        answer()  # the model is loaded
        start = time.monotonic()
        if self.one:
            texts = [write(line + "\n") or answer() for line in lines]
        else:
            writer = threading.Thread(target=write, args=("\n".join(lines) + "\n",))
            writer.start()
            texts = [answer() for _ in lines]
            writer.join()
        seconds = time.monotonic() - start
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit("heed translate failed")
        return {"seconds": seconds, "peak": usage.ru_maxrss / 1024, "texts": texts}

    def end(self):
        pass


def cpu_model():
    with open("/proc/cpuinfo") as info:
        return next(line.split(":")[1].strip() for line in info if line.startswith("model name"))


def main():
    if sys.argv[1:2] == ["peer"]:
        directory, text, threads, beam, one, compute_type = sys.argv[2:]
        return peer(directory, text, int(threads), int(beam), one == "1", compute_type)
    parser = argparse.ArgumentParser()
    parser.add_argument("--heed", required=True)
    parser.add_argument("model")
    parser.add_argument("text")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--precision", choices=COMPUTE_TYPES, default="fp32")
    options = parser.parse_args()
    lines = len(pathlib.Path(options.text).read_text().splitlines())
    print(f"{cpu_model()}, {options.threads} threads, {lines} lines, medians of {options.windows} windows; "
          f"{options.precision}\n")
    print("| search | Heed lines/s | CTranslate2 lines/s (workers, batch) | ratio | Heed MB | CTranslate2 MB | equal text |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        export = os.path.join(directory, "exported")
        subprocess.run([options.heed, "export", options.model, "--format", "ctranslate2", "-o", export, "--quiet"], check=True)
        for beam, one in ((5, False), (1, False), (5, True), (1, True)):
            sides = [Heed(options, beam, one), Ctranslate2(options, export, beam, one)]
            runs = [[side.run() for side in sides] for _ in range(options.windows)]
            speeds = [lines / statistics.median(run[side]["seconds"] for run in runs) for side in (0, 1)]
            peaks = [max(run[side]["peak"] for run in runs) for side in (0, 1)]
            equal = sum(a == b for a, b in zip(*(runs[-1][side]["texts"] for side in (0, 1))))
            search = ("greedy" if beam == 1 else f"beam {beam}") + (", one line at a time" if one else "")
            print(f"| {search} | {speeds[0]:.1f} | {speeds[1]:.1f} {sides[1].best} | {speeds[0] / speeds[1]:.2f} | "
                  f"{peaks[0]:.0f} | {peaks[1]:.0f} | {equal} of {lines} |", flush=True)
            for side in sides:
                side.end()


if __name__ == "__main__":
    main()
