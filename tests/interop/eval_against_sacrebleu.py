"""`heed evaluate` against sacreBLEU, on generated nasty lines and on real translations.

    python tests/interop/eval_against_sacrebleu.py build/release/heed [--seeds N] [--lines N]
        [--hypothesis FILE --reference FILE [--reference FILE ...]]

Compared for every tokenizer: scores and parts as doubles (1e-12 relative), the printed line and the signature (but for the
version); spm on what a small model translates, with sacreBLEU's own tokenizer given that model's pieces. Exits 1 and prints
what differs.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import sentencepiece
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_spm import TokenizerSPM

TOKENIZERS = ["13a", "none", "intl", "char", "zh"]
WORDS = "The a cat dog sat on mat. don't it's well-known e.g. i.e., U.S. Haus Straße café 10 1,000.5 3-4 5% $7".split()
ENTITIES = ["&quot;", "&amp;", "&lt;", "&gt;", "&amp;lt;", "&amp;quot;", "&apos;", "&#39;", "&", "&;", "<skipped>",
            "<skip<skipped>ped>"]
SPACES = [" ", "  ", "\t", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u1680", "\u2000", "\u2007",
          "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"]
INVISIBLE = ["\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u180e"]
COMBINING = ["\u0301", "\u0308", "\u0323", "\u20dd", "\u0e31", "\u093f", "\U0001f3fd"]
NUMERALS = ["\u0663", "\u096a", "\u00bd", "\u2167", "\u00b2", "\u4e09", "\uff15", "\U0001d7d8", "7", "0", "\u2460"]
MARKS = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + list("„“”»«…–—·¿¡€£°§©™→≠×¬、。，！（）「」・٪،؟।")
OTHERS = list("中文我爱你日本語ひらがなカタカナ한국어") + ["\U00020000", "\U0002f800", "\U0001f600", "\U0001f468\u200d\U0001f469",
                                                     "\ud7ff", "\ue000", "\ufffd", "\uffff", "\U0010ffff", 
                                                     "\x01", "\x7f", "\u2e80", "\u2001", "\u2a6d"]


def any_character(rng):
    """Anywhere in the 17 planes, often in the first; no surrogate, NUL, LF or CR (the reader's own business)."""
    while True:
        code = rng.randrange(0x110000) if rng.random() < 0.5 else rng.randrange(0x3400)
        if not 0xD800 <= code < 0xE000 and code not in (0, 0x0A, 0x0D):
            return chr(code)


def piece(rng):
    pools = [WORDS, ENTITIES, SPACES, INVISIBLE, COMBINING, NUMERALS, MARKS, OTHERS]
    pool = rng.choices(pools + [None], weights=[8, 1, 4, 1, 1, 2, 4, 2, 1])[0]
    return any_character(rng) if pool is None else rng.choice(pool)


def nasty_line(rng):
    kind = rng.random()
    if kind < 0.05:
        return ""
    if kind < 0.08:
        return "".join(rng.choices(SPACES, k=rng.randrange(1, 4)))
    glue = " " if kind < 0.7 else ""
    line = glue.join(piece(rng) for _ in range(rng.choice([1, 2, 3, 5, 8, 12, 20, 40])))
    return line + rng.choice(["", "", ".", " .", "\u3000", " \x1f"])


def disturbed(line, rng):
    """A hypothesis that shares much with `line`: pieces dropped, doubled, replaced, swapped; sometimes nothing left."""
    if rng.random() < 0.03:
        return ""
    parts = line.split(" ") if rng.random() < 0.6 else list(line)
    for _ in range(rng.randrange(0, 5)):
        if not parts:
            break
        i = rng.randrange(len(parts))
        what = rng.randrange(4)
        if what == 0:
            del parts[i]
        elif what == 1:
            parts.insert(i, parts[i])
        elif what == 2:
            parts[i] = piece(rng)
        else:
            j = rng.randrange(len(parts))
            parts[i], parts[j] = parts[j], parts[i]
    return (" " if " " in line else "").join(parts)


def nasty_corpus(seed, lines):
    rng = random.Random(seed)
    references = [[nasty_line(rng) for _ in range(lines)] for _ in range(1 + seed % 3)]
    hypotheses = [disturbed(rng.choice(references)[i], rng) for i in range(lines)]
    for stream in [hypotheses] + references:
        stream[0] = stream[0].lstrip("\ufeff")  # at the start of a file it is a byte order mark, which heed removes
    return hypotheses, references


def degenerate_corpora():
    few = ["a b c d e", "", "x"]
    yield "all hypotheses empty", ["", "", ""], [few]
    yield "all references empty", few, [["", "", ""]]
    yield "everything empty", ["", ""], [["", ""], ["", ""]]
    yield "only white space", [" ", "\u3000\x85"], [["\xa0", "a"]]
    yield "no match", ["a b c d"], [["w x y z"]]
    yield "one short line", ["a"], [["a"]]
    yield "no four-gram", ["a b", "c d e"], [["a b", "c d f"]]
    yield "identical", few, [few]
    yield "very long line", ["a b " * 20000], [["b a " * 20000]]


def write_lines(path, lines):
    path.write_bytes("".join(line + "\n" for line in lines).encode("utf-8"))


MODEL_CONFIG = """\
run: {{directory: {0}/run, device: cpu, threads: 1}}
data: {{train: {{source: {0}/train, target: {0}/train}}, cache_directory: {0}/cache}}
tokenizer: {{type: unigram, source_model: {0}/pieces.model}}
model: {{d_model: 32, d_ff: 64, num_heads: 2, num_encoder_layers: 1, num_decoder_layers: 1}}
train: {{max_steps: 60, batch_tokens: 500, validate_every: 0, save_every: 0}}
optimizer: {{learning_rate: 0.01}}
schedule: {{warmup_steps: 10}}
decode: {{beam_size: 1, max_length: 30}}
eval: {{bleu_tokenize: spm}}
"""


def spm_corpus(heed, folder, lines):
    """Hypotheses that a model with sentencepiece's pieces wrote, references near them, and the lines it translated."""
    rng = random.Random(7)
    usable = [line for line in (nasty_line(rng) for _ in range(3 * lines)) if line.split() and not line.startswith("\ufeff")]
    sources = usable[:lines]
    write_lines(folder / "train", usable)
    write_lines(folder / "source", sources)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(usable), model_prefix=str(folder / "pieces"), vocab_size=400, character_coverage=0.98,
        hard_vocab_limit=False, pad_id=0, unk_id=1, bos_id=2, eos_id=3, minloglevel=2)
    (folder / "config.yaml").write_text(MODEL_CONFIG.format(folder))
    subprocess.run([heed, "train", folder / "config.yaml", "--quiet"], check=True)
    subprocess.run([heed, "translate", folder / "run", "-i", folder / "source", "-o", folder / "hypothesis", "--quiet"],
                   check=True, stderr=subprocess.DEVNULL)
    hypotheses = lines_of(folder / "hypothesis")
    references = [[disturbed(line, rng) + rng.choice(["", piece(rng)]) for line in hypotheses] for _ in range(2)]
    for number, stream in enumerate(references):
        stream[0] = stream[0].lstrip("\ufeff")
        write_lines(folder / f"reference{number}", stream)
    return hypotheses, references


def check_spm(heed, lines):
    """The differences of a model's own pieces as tokens."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        hypotheses, references = spm_corpus(heed, folder, lines)
        bleu = BLEU(tokenize="none", force=True)
        bleu.tokenizer = TokenizerSPM.__new__(TokenizerSPM)  # whose constructor downloads a model
        bleu.tokenizer.sp = sentencepiece.SentencePieceProcessor(str(folder / "pieces.model"))
        expected = bleu.corpus_score(hypotheses, references)
        done = subprocess.run([heed, "evaluate", folder / "run", "--source", folder / "source", "--reference",
                               folder / "reference0", "--reference", folder / "reference1", "--quiet", "--json"],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        entry = json.loads(done.stdout)["scores"][0]
        parts = {"score": expected.score, "hypothesis_length": expected.sys_len, "reference_length": expected.ref_len}
        for name, values in (("count", expected.counts), ("total", expected.totals)):
            parts.update({f"{name}_{n}": value for n, value in enumerate(values, 1)})
        digest = hashlib.sha256((folder / "pieces.model").read_bytes()).hexdigest()[:8]
        found = [f"{part} is {entry[part]!r}, sacreBLEU's is {value!r}" for part, value in parts.items()
                 if abs(entry[part] - value) > 1e-12 * abs(value)]
        if f"|tok:spm-{digest}|" not in entry["signature"]:
            found.append(f"signature {entry['signature']!r} does not name the pieces {digest}")
        if expected.score < 5 or expected.counts[3] < 100:
            found.append(f"the references are too far away to tell: {expected}")
        print(f"spm: {len(hypotheses)} lines, {expected}")
        return found


def run_heed(heed, files, tokenizer, word_order, *more):
    command = [heed, "evaluate", "--hypothesis", str(files[0]), "--metrics", "bleu,chrf", "--tokenize", tokenizer,
               "--chrf-word-order", str(word_order), "--quiet", *more]
    for file in files[1:]:
        command += ["--reference", str(file)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"FAILED: {' '.join(command)}\n{done.stderr.decode()}")
    return done.stdout.decode("utf-8")


def theirs(hypotheses, references, tokenizer, word_order):
    """What heed should print: [(printed line, signature, {part: value})] for bleu and chrf."""
    bleu, chrf = BLEU(tokenize=tokenizer, force=True), CHRF(word_order=word_order)
    b, c = bleu.corpus_score(hypotheses, references), chrf.corpus_score(hypotheses, references)
    parts = {"score": b.score, "brevity_penalty": b.bp, "ratio": b.ratio, "hypothesis_length": b.sys_len,
             "reference_length": b.ref_len}
    for name, values in (("precision", b.precisions), ("count", b.counts), ("total", b.totals)):
        parts.update({f"{name}_{n}": value for n, value in enumerate(values, 1)})
    return [(str(b), str(bleu.get_signature()), parts), (str(c), str(chrf.get_signature()), {"score": c.score})]


def check_version(heed):
    """The version in a signature is the binary's own."""
    about = subprocess.run([heed, "--version"], capture_output=True, check=True).stdout.decode()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "line"
        write_lines(file, ["a"])
        signature = json.loads(run_heed(heed, [file, file], "13a", 0, "--json"))["scores"][0]["signature"]
    version = signature.rpartition("|version:heed-")[2].partition("(")[0]
    if not version or version not in about:
        raise SystemExit(f"FAILED: signature {signature!r} names another version than heed --version: {about!r}")


def differences(entry, text, expected):
    their_text, their_signature, parts = expected
    our_text, our_signature = text
    if our_text != their_text:
        yield f"printed {our_text!r}, sacreBLEU prints {their_text!r}"
    for signature in (our_signature.strip(), entry["signature"]):
        if signature.rpartition("|")[0] != their_signature.rpartition("|")[0]:
            yield f"signature {signature!r}, sacreBLEU's is {their_signature!r}"
    for part, value in parts.items():
        if abs(entry[part] - value) > 1e-12 * abs(value):
            yield f"{part} is {entry[part]!r}, sacreBLEU's is {value!r}"


class Comparison:
    def __init__(self, heed):
        self.heed = heed
        self.compared = self.not_bit_equal = self.failures = 0

    def files(self, name, files, hypotheses, references):
        for tokenizer in TOKENIZERS:
            word_order = 2 if tokenizer in ("none", "char") else 0  # chrF++ twice, chrF three times
            expected = theirs(hypotheses, references, tokenizer, word_order)
            entries = json.loads(run_heed(self.heed, files, tokenizer, word_order, "--json"))["scores"]
            lines = run_heed(self.heed, files, tokenizer, word_order).splitlines()
            if [entry["name"] for entry in entries] != ["bleu", "chrf"] or len(lines) != 4:
                raise SystemExit(f"FAILED: {name}: expected bleu and chrf, got {entries} and {lines}")
            for i, entry in enumerate(entries):
                self.compared += 1
                self.not_bit_equal += entry["score"] != expected[i][2]["score"]
                for difference in differences(entry, lines[2 * i:2 * i + 2], expected[i]):
                    self.failures += 1
                    print(f"DIFFERENT: {name}, {entry['name']}, tokenizer {tokenizer}: {difference}")

    def corpus(self, name, hypotheses, references):
        with tempfile.TemporaryDirectory() as folder:
            streams = [hypotheses] + references
            files = [Path(folder) / f"stream{i}" for i in range(len(streams))]
            for file, stream in zip(files, streams):
                write_lines(file, stream)
            self.files(name, files, hypotheses, references)


def lines_of(file):
    text = Path(file).read_bytes().decode("utf-8")
    return text[:-1].split("\n") if text.endswith("\n") else text.split("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heed", help="the heed binary")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--hypothesis")
    parser.add_argument("--reference", action="append", default=[])
    arguments = parser.parse_args()

    check_version(arguments.heed)
    comparison = Comparison(arguments.heed)
    for name, hypotheses, references in degenerate_corpora():
        comparison.corpus(name, hypotheses, references)
    for seed in range(arguments.seeds):
        comparison.corpus(f"seed {seed}", *nasty_corpus(seed, arguments.lines))
    for difference in check_spm(arguments.heed, arguments.lines):
        comparison.failures += 1
        print(f"DIFFERENT: spm: {difference}")
    if arguments.hypothesis:
        files = [arguments.hypothesis] + arguments.reference
        streams = [lines_of(file) for file in files]
        comparison.files(arguments.hypothesis, files, streams[0], streams[1:])

    print(f"{comparison.compared} scores compared with sacreBLEU: {comparison.failures} differences, "
          f"{comparison.not_bit_equal} not equal in every bit")
    return 1 if comparison.failures else 0


if __name__ == "__main__":
    sys.exit(main())
