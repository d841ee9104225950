"""`heed evaluate` against sacreBLEU and rouge-score in what eval_against_sacrebleu.py leaves out: TER and its tokens, BLEU's
smoothing, case, ROUGE with and without stems, scores of single lines, intervals and p-values.

    python tests/interop/eval_other_metrics.py build/release/heed [--lines N]

Scores are compared as doubles (1e-12 relative), intervals, p-values and scores of lines to 4 decimals. Exits 1 and prints what
differs.
"""

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

from eval_against_sacrebleu import degenerate_corpora, nasty_corpus, write_lines

WORDS = ("the a this that old new happy quickly meeting meetings update updated agreements relational conditions hopefully "
         "dying skies news innings proceed trying tried plays played flies capital capitals rate rates of for to and with "
         "please review draft version attached Monday 2001 energy gas contract contracts negotiation signed σίγμας ΣΑΣ Größe").split()


class Checks:
    def __init__(self, heed, folder):
        self.heed, self.folder, self.compared, self.failures = heed, folder, 0, 0

    def evaluate(self, hypotheses, references, *options):
        """`hypotheses`: of one system, or of several."""
        systems = hypotheses if isinstance(hypotheses[0], list) else [hypotheses]
        command = [self.heed, "evaluate", "--json", "--quiet", *options]
        for kind, streams in (("hypothesis", systems), ("reference", references)):
            for number, stream in enumerate(streams):
                write_lines(self.folder / f"{kind}{number}", stream)
                command += [f"--{kind}", self.folder / f"{kind}{number}"]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"FAILED: {command}: {done.stderr.decode()}")
        return json.loads(done.stdout)

    def equal(self, what, found, expected, tolerance=1e-12, absolute=0.0):
        self.compared += 1
        if abs(found - expected) > tolerance * abs(expected) + absolute:
            self.failures += 1
            print(f"DIFFERENT: {what}: {found!r}, theirs is {expected!r}")

    def same(self, what, found, expected):
        self.compared += 1
        if found != expected:
            self.failures += 1
            print(f"DIFFERENT: {what}: {found!r}, theirs is {expected!r}")

    def score(self, what, metric, corpus, *options):
        """A sacreBLEU metric's score, signature and printed form; heed's options ask for the same."""
        hypotheses, references = corpus
        entry = self.evaluate(hypotheses, references, *options)["scores"][0]
        self.equal(what, entry["score"], metric.corpus_score(hypotheses, references).score)
        self.same(what, entry["signature"].rpartition("|")[0], str(metric.get_signature()).rpartition("|")[0])


def sentences(rng, lines):
    """A text and what three systems made of it, each worse than the one before."""
    text = [" ".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 25))) + rng.choice([".", " .", "!", "'s", ""])
            for _ in range(lines)]

    def system(changes):
        result = []
        for line in text:
            words = line.split(" ")
            for _ in range(rng.randrange(changes)):
                i, j = rng.randrange(len(words)), rng.randrange(len(words))
                kind = rng.randrange(4)
                if kind == 0:
                    words[i] = rng.choice(WORDS)
                elif kind == 1 and len(words) > 1:
                    del words[i]
                elif kind == 2:
                    words.insert(i, rng.choice(WORDS))
                else:
                    run = words[i:i + 3]
                    del words[i:i + 3]
                    words[j:j] = run
            result.append(" ".join(words))
        return result

    return text, [system(4), system(5), system(9)]


def check_options(checks, corpora):
    for name, corpus in corpora:
        for smooth, value in (("floor", None), ("floor", 0.5), ("add-k", None), ("add-k", 2.0), ("none", None), ("exp", None)):
            options = ["--metrics", "bleu", "--smooth", smooth] + ([] if value is None else ["--smooth-value", str(value)])
            checks.score(f"{name}, smoothing {smooth} {value}", BLEU(smooth_method=smooth, smooth_value=value, force=True),
                         corpus, *options)
        for tokenizer in ("13a", "intl", "char"):
            checks.score(f"{name}, BLEU in lower case, {tokenizer}", BLEU(lowercase=True, tokenize=tokenizer, force=True), corpus,
                         "--metrics", "bleu", "--lowercase", "--tokenize", tokenizer)
        checks.score(f"{name}, chrF++ in lower case", CHRF(lowercase=True, word_order=2), corpus, "--metrics", "chrf",
                     "--lowercase", "--chrf-word-order", "2")


def check_ter(checks, corpora):
    flags = ("--ter-normalized", "--ter-no-punctuation", "--ter-asian", "--ter-case-sensitive")
    for name, (hypotheses, references) in corpora:
        for chosen in itertools.product((False, True), repeat=4):
            metric = TER(normalized=chosen[0], no_punct=chosen[1], asian_support=chosen[2], case_sensitive=chosen[3])
            options = [flag for flag, on in zip(flags, chosen) if on]
            checks.score(f"{name}, TER {options}", metric, (hypotheses[:150], [r[:150] for r in references]), "--metrics", "ter",
                         *options)


def check_rouge(checks, corpora):
    kinds = ("rouge1", "rouge2", "rougeL", "rougeLsum")
    for name, (hypotheses, references) in corpora:
        for stem in (False, True):
            scorer = rouge_scorer.RougeScorer(kinds, use_stemmer=stem)
            break_up = lambda text: text.replace("<n>", "\n")
            scored = [scorer.score_multi([break_up(r[i]) for r in references], break_up(line))
                      for i, line in enumerate(hypotheses)]
            entries = checks.evaluate(hypotheses, references, "--metrics", ",".join(kinds), "--sentence-end", "<n>",
                                      *(["--stem"] if stem else []))["scores"]
            for kind, entry in zip(kinds, entries):
                for part, found in (("fmeasure", entry["score"]), ("precision", entry["precision"]), ("recall", entry["recall"])):
                    expected = 100 * sum(getattr(s[kind], part) for s in scored) / len(scored)
                    checks.equal(f"{name}, {kind} {part}, stems {stem}", found, expected, 1e-12, 1e-12)


def check_significance(checks, text, systems):
    metrics = {"bleu": BLEU(), "chrf": CHRF(), "ter": TER()}
    for kind, name in (("bs", "bootstrap"), ("ar", "randomization")):
        samples = 1000 if kind == "bs" else 2000
        named = [(str(i), system) for i, system in enumerate(systems)]
        results = PairedTest(named, {m.__class__.__name__: m for m in metrics.values()}, [text], kind, n_samples=samples)()[1]
        found = checks.evaluate(systems, [text], "--metrics", "bleu,chrf,ter", "--test", name, "--samples", str(samples))
        by_metric = [column for name, column in results.items() if name != "System"]
        for column, (metric, expected_of) in enumerate(zip(metrics, by_metric)):
            for number, expected in enumerate(expected_of):
                entry = found["systems"][number]["scores"][column]
                what = f"{name}, {metric} of system {number}"
                checks.equal(what, entry["score"], expected.score)
                if expected.p_value is not None:
                    checks.equal(what + ", p", entry["p_value"], expected.p_value, 0, 5e-5)
                if expected.ci is not None:
                    checks.equal(what + ", interval", entry["confidence"], float(expected.ci), 0, 5e-5)
                    checks.equal(what + ", mean", entry["confidence_mean"], float(expected.mean), 0, 5e-5)
    one = checks.evaluate(systems[0], [text], "--metrics", "bleu,chrf,ter", "--confidence")["systems"][0]["scores"]
    for metric, entry in zip(metrics.values(), one):
        expected = metric.corpus_score(systems[0], [text], n_bootstrap=1000)
        checks.equal("interval of one system", entry["confidence"], float(expected._ci), 0, 5e-5)
        checks.equal("mean of one system", entry["confidence_mean"], float(expected._mean), 0, 5e-5)
        checks.same("signature with an interval", entry["signature"].rpartition("|")[0],
                    str(metric.get_signature()).rpartition("|")[0])


def check_numbers_of_references(checks, rng, hypotheses, text, other):
    """Empty lines of references: to sacreBLEU's command line references without words, to its Python (None) no references."""
    holes = [text, [line if rng.random() < 0.6 else "" for line in other]]
    metrics = {"bleu": BLEU(), "chrf": CHRF(), "ter": TER()}
    names = list(metrics)
    files = [checks.folder / name for name in ("references0", "references1", "hypotheses")]
    for file, lines in zip(files, (*holes, hypotheses)):
        write_lines(file, lines)
    done = subprocess.run([sys.executable, "-m", "sacrebleu", *files[:2], "-i", files[2], "-m", *names, "--width", "12"], check=True,
                          capture_output=True, text=True)
    for found, expected in zip(checks.evaluate(hypotheses, holes, "--metrics", ",".join(names))["scores"], json.loads(done.stdout)):
        checks.equal(f"{expected['name']}, sacreBLEU's command line", found["score"], expected["score"], 0, 5.1e-13 * 100)
        checks.same("its signature", found["signature"].rpartition("|")[0], expected["signature"].rpartition("|")[0])
    no_holes = [[line or None for line in stream] for stream in holes]
    for streams, theirs in ((holes, no_holes), ([text, other], [text, other]), (holes[::-1], no_holes[::-1])):
        optional = ("--metrics", ",".join(names), "--optional-references")
        found = [checks.evaluate(hypotheses, streams, *optional)["scores"],
                 checks.evaluate([hypotheses, text], streams, *optional, "--test", "none")["systems"][0]["scores"]]
        for metric, *both in zip(metrics.values(), *found):
            expected = metric.corpus_score(hypotheses, theirs)
            for entry in both:
                checks.equal("optional references", entry["score"], expected.score)
                checks.same("their signature", entry["signature"].rpartition("|")[0], str(metric.get_signature()).rpartition("|")[0])


def check_lines(checks, text, system):
    file = checks.folder / "lines.tsv"
    checks.evaluate(system, [text], "--metrics", "bleu,chrf,ter,rougeL", "--per-sentence", file)
    rows = [line.split("\t") for line in file.read_text().splitlines()][1:]
    checks.same("lines", [row[0] for row in rows], [str(i + 1) for i in range(len(text))])
    metrics = [BLEU(effective_order=True), CHRF(), TER()]
    scorer = rouge_scorer.RougeScorer(["rougeL"])
    for row, hypothesis, reference in zip(rows, system, text):
        for found, metric in zip(row[1:], metrics):
            checks.equal(f"line {row[0]}", float(found), metric.sentence_score(hypothesis, [reference]).score, 0, 5.1e-5)
        checks.equal(f"line {row[0]}", float(row[4]), 100 * scorer.score(reference, hypothesis)["rougeL"].fmeasure, 0, 5.1e-5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heed", help="the heed binary")
    parser.add_argument("--lines", type=int, default=400)
    arguments = parser.parse_args()
    rng = random.Random(11)
    text, systems = sentences(rng, arguments.lines)
    joined = lambda lines: [line.replace(" of ", " <n> ").replace(" for ", "<n>") for line in lines]
    corpora = [(f"nasty {seed}", nasty_corpus(seed, arguments.lines)) for seed in (21, 22)]
    corpora += [("words", (systems[1], [text, systems[0]]))]
    degenerate = [(name, (h, r)) for name, h, r in degenerate_corpora() if name != "very long line"]
    with tempfile.TemporaryDirectory() as folder:
        checks = Checks(arguments.heed, Path(folder))
        check_options(checks, corpora + degenerate)
        check_ter(checks, corpora + degenerate)
        check_rouge(checks, corpora + degenerate + [("sentences", (joined(systems[2]), [joined(text)]))])
        check_significance(checks, text, systems)
        check_numbers_of_references(checks, rng, systems[2], text, systems[0])
        check_lines(checks, text, systems[2])
    print(f"{checks.compared} numbers compared with sacreBLEU and rouge-score (numpy {numpy.__version__}): "
          f"{checks.failures} differences")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
