#!/usr/bin/env python3
"""Exported models compute in CTranslate2 and transformers what they compute in Heed.

  exports.py HEED                                              trains small models of every kind that can leave, and checks each
  exports.py HEED --model MODEL --source FILE --target FILE    checks a model that is there; FILE: raw lines

For every model: the log probabilities of forced targets within 1e-4 in both runtimes (fp32); the same greedy translations
in both; the same translations with a beam of 5 in CTranslate2 for at least 99 of 100 lines, and where they differ scores
that tie to within 1e-4; after `heed import` of the Hugging Face directory the bits of the weights that left. A quantised
export's BLEU within 0.3 of Heed's is asked of --model alone: small models are noise.

The beams are compared with unk allowed on both sides: forbidding it, CTranslate2 deals out unk's probability among the
others, while Heed's log probabilities stay the model's own. Heed's limit by the source's length, decode.max_length_ratio, is
off: peers know decode.max_length alone.
"""
import argparse, json, os, subprocess, sys, tempfile, warnings

import ctranslate2
import sacrebleu
import sentencepiece
import torch
import transformers
from safetensors import safe_open

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
torch.set_num_threads(1)

FORCED = 200
CONFIG = """\
run: {{directory: {run}, device: cpu, threads: 1, precision: fp32}}
data:
  train: {{source: {data}/train.en, target: {data}/train.de}}
  cache_directory: {data}/cache
tokenizer: {{type: {tokenizer}, vocab_size: 600, shared: {shared}}}
model: {{d_model: 64, d_ff: 128, num_heads: 2, num_encoder_layers: 2, num_decoder_layers: 1, norm: {norm}, positions: {positions},
        tie_embeddings: {tie}, activation: {activation}, output_bias: {bias}, norm_type: {norm_type}}}
schedule: {{warmup_steps: 30}}
optimizer: {{learning_rate: 0.005}}
train: {{max_steps: 400, batch_tokens: 1500, validate_every: 0, save_every: 0}}
decode: {{max_length: 60}}
"""
VARIANTS = [  # norm, tie, shared, activation, bias, positions, tokenizer[, norm_type]
    ("pre", "all", "true", "relu", "false", "sinusoidal", "bpe"),
    ("post", "all", "true", "relu", "false", "sinusoidal", "unigram"),
    ("pre", "decoder", "false", "gelu", "true", "sinusoidal", "bpe"),
    ("post", "decoder", "false", "swish", "true", "sinusoidal", "bpe"),
    ("pre", "none", "false", "swish", "false", "sinusoidal", "unigram"),
    ("post", "none", "false", "gelu", "false", "sinusoidal", "bpe"),
    ("pre", "decoder", "true", "relu", "false", "sinusoidal", "char"),
    ("post", "none", "true", "relu", "true", "sinusoidal", "bpe"),
    # CTranslate2 only
    ("post", "all", "true", "relu", "true", "learned", "bpe"),
    ("pre", "all", "true", "swiglu", "false", "rotary", "bpe", "rms"),
    ("post", "decoder", "true", "geglu", "false", "relative", "bpe", "rms"),
    ("pre", "none", "false", "glu", "true", "relative", "bpe", "layer"),
    ("pre", "all", "true", "relu", "false", "none", "unigram", "rms"),
]


class Check:
    """One model in three runtimes."""

    def __init__(self, heed, model, sources, targets, work):
        self.heed, self.model, self.sources, self.targets, self.work = heed, model, sources, targets, work

    def run(self, *arguments):
        return subprocess.run([self.heed, *arguments, "--quiet", "--threads", "1"], check=True, capture_output=True,
                              text=True).stdout.split("\n")[:-1]

    def file(self, name, lines):
        path = os.path.join(self.work, name)
        with open(path, "w") as file:
            file.writelines(line + "\n" for line in lines)
        return path

    def translate(self, beam, *options):
        """Translations and their normalised scores."""
        lines = self.run("translate", self.model, "-i", self.file("sources", self.sources), "--format", "jsonl",
                         f"--decode.beam_size={beam}", "--decode.max_length_ratio=0", *options)
        return tuple(zip(*((one["translation"], one["score"]) for one in map(json.loads, lines))))

    def score(self, sources, targets):
        lines = self.run("score", self.model, "--source", self.file("s", sources), "--target", self.file("t", targets))
        return [float(line) for line in lines]

    def export(self, form, *options):
        directory = os.path.join(self.work, form)
        self.run("export", self.model, "--format", form, "-o", directory, "--force", *options)
        return directory


class Ctranslate2:
    def __init__(self, directory, compute_type="float32"):
        self.translator = ctranslate2.Translator(directory, compute_type=compute_type, inter_threads=1, intra_threads=1)
        at = lambda name: os.path.join(directory, name)
        shared = os.path.exists(at("tokenizer.model"))
        self.source, self.target = (sentencepiece.SentencePieceProcessor(at("tokenizer.model" if shared else name))
                                    for name in ("source.model", "target.model"))

    def pieces(self, processor, lines):
        return [processor.encode(line, out_type=str) for line in lines]

    def translate(self, lines, beam, max_length, unk=False, **options):
        results = self.translator.translate_batch(
            self.pieces(self.source, lines), beam_size=beam, disable_unk=not unk, return_scores=True,
            max_decoding_length=max_length, max_input_length=0, **{"max_batch_size": 64, **options})
        return tuple(zip(*((self.target.decode(result.hypotheses[0]), result.scores[0]) for result in results)))

    def score(self, sources, targets):
        scored = self.translator.score_batch(self.pieces(self.source, sources), self.pieces(self.target, targets),
                                             max_batch_size=32, max_input_length=0)
        return [sum(result.log_probs) for result in scored]


class HuggingFace:
    def __init__(self, directory):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
        self.tokenizer.punc_normalizer = lambda text: text  # of sacremoses, where it happens to be installed
        self.model = transformers.AutoModelForSeq2SeqLM.from_pretrained(directory).eval()

    def batches(self, *sides):
        for start in range(0, len(sides[0]), 64):
            yield [side[start:start + 64] for side in sides]

    @torch.no_grad()
    def translate(self, lines, beam, **rules):
        texts = []
        for (batch,) in self.batches(lines):
            output = self.model.generate(**self.tokenizer(batch, return_tensors="pt", padding=True), num_beams=beam,
                                         early_stopping=beam > 1, **rules)
            texts += self.tokenizer.batch_decode(output, skip_special_tokens=True)
        return texts

    @torch.no_grad()
    def score(self, sources, targets):
        scores = []
        start = self.model.config.decoder_start_token_id
        for batch in self.batches(sources, targets):
            inputs = self.tokenizer(batch[0], return_tensors="pt", padding=True)
            rows = self.tokenizer(text_target=batch[1])["input_ids"]
            longest = max(map(len, rows))
            labels = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
            fed = torch.tensor([[start] + row[:-1] + [0] * (longest - len(row)) for row in rows])
            log_probs = self.model(**inputs, decoder_input_ids=fed).logits.double().log_softmax(-1)
            taken = log_probs.gather(-1, labels[..., None])[..., 0]
            scores += [float(one[:len(row)].sum()) for one, row in zip(taken, rows)]
        return scores


def largest_difference(ours, theirs):
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True))


def require(holds, what):
    if not holds:
        sys.exit("exports.py: " + what)


def check_forced(check, runtime, name):
    sources, targets = check.sources[:FORCED], check.targets[:FORCED]
    difference = largest_difference(check.score(sources, targets), runtime.score(sources, targets))
    require(difference < 1e-4, f"{name}: forced log probabilities differ by up to {difference:.2e}")
    return difference


def check_greedy(check, theirs, name):
    ours = [text.rstrip() for text in check.translate(1)[0]]  # a MarianTokenizer strips what a cut-off text may end in
    theirs = [text.rstrip() for text in theirs]
    different = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    require(not different, f"{name}: {len(different)} of {len(ours)} greedy translations differ, the first: "
            + "; ".join(f"{ours[i]!r} / {theirs[i]!r}" for i in different[:1]))


def check_beam(check, peer, max_length):
    ours, our_scores = check.translate(5, "--decode.allow_unk=true")
    theirs, their_scores = peer.translate(check.sources, 5, max_length, unk=True)
    different = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    require(len(different) * 100 <= len(ours), f"ctranslate2: {len(different)} of {len(ours)} differ with a beam of 5")
    for i in different:
        require(abs(our_scores[i] - their_scores[i]) < 1e-4,
                f"ctranslate2: no tie: {ours[i]!r} with {our_scores[i]} / {theirs[i]!r} with {their_scores[i]}")
    return len(different)


# Rules that both have, and with which search: greedily, transformers divides logits by a repetition penalty, Heed always
# multiplies log probabilities, as transformers does in a beam.
RULES = [({"no_repeat_ngram_size": 2}, 1), ({"no_repeat_ngram_size": 1}, 4), ({"min_length": 30}, 1), ({"min_length": 25}, 4),
         ({"repetition_penalty": 1.4}, 4), ({"no_repeat_ngram_size": 2, "min_length": 20, "repetition_penalty": 1.2}, 3)]


def check_rules(check, peer):
    """Lines whose translation a rule changes, for each."""
    free, changed = {}, []
    for rules, beam in RULES:
        sources = check.sources[:60]
        part = Check(check.heed, check.model, sources, check.targets, check.work)
        ours, _ = part.translate(beam, *(f"--decode.{key}={value}" for key, value in rules.items()))
        free.setdefault(beam, part.translate(beam)[0])
        theirs = dict(rules)
        if "min_length" in theirs:
            theirs["min_length"] += 1  # with the start
        theirs = peer.translate(sources, beam, **theirs)
        different = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a.rstrip() != b.rstrip()]
        require(len(different) <= 1, f"transformers: {len(different)} of {len(ours)} differ with {rules} and a beam of {beam}, the "
                + "first: " + "; ".join(f"{ours[i]!r} / {theirs[i]!r}" for i in different[:1]))
        changed.append(sum(a != b for a, b in zip(ours, free[beam])))
        require(changed[-1] > 0, f"{rules} changes nothing here")
    return changed


def tensors(path):
    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


def check_way_back(check, directory):
    back = os.path.join(check.work, "back")
    check.run("import", directory, "-o", back, "--force")
    own = check.export("safetensors")
    ours, theirs = tensors(os.path.join(own, "model.safetensors")), tensors(os.path.join(back, "model.safetensors"))
    require(ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours),
            "import of the Hugging Face export does not give back the weights that left")


def check_model(check, max_length, to_huggingface=True, to_rules=True):
    directory = check.export("ctranslate2")
    peer = Ctranslate2(directory)
    difference = check_forced(check, peer, "ctranslate2")
    check_greedy(check, peer.translate(check.sources, 1, max_length)[0], "ctranslate2")
    different = check_beam(check, peer, max_length)
    line = (f"ctranslate2: {len(check.sources)} greedy translations equal, {different} of them differ (ties) with a beam of 5, "
            f"forced log probabilities within {difference:.1e}")
    if to_huggingface:
        directory = check.export("huggingface")
        peer = HuggingFace(directory)
        difference = check_forced(check, peer, "transformers")
        check_greedy(check, peer.translate(check.sources, 1), "transformers")
        changed = check_rules(check, peer) if to_rules else []
        check_way_back(check, directory)
        line += f"; {type(peer.model).__name__}: greedy equal, log probabilities within {difference:.1e}, comes back bit for bit"
        if changed:
            line += f"; rules of search alike (they change {', '.join(map(str, changed))} of 60 lines)"
    return line


def check_ranking(heed, config, work, sources, targets):
    """Coverage penalty and patience. Of one layer with one head both read the same attention."""
    run = os.path.join(work, "one_head")
    subprocess.run([heed, "train", config, f"--run.directory={run}", "--model.num_decoder_layers=1", "--model.num_heads=1",
                    "--quiet"], check=True)
    check = Check(heed, run, sources, targets, work)
    peer = Ctranslate2(check.export("ctranslate2"))
    plain, _ = check.translate(5, "--decode.allow_unk=true")  # without it CTranslate2 shares out the probability of unk
    for rule, values in {"coverage_penalty": (0.2, 1.5), "patience": (0.3, 3)}.items():
        changed = []
        for value in values:
            ours, our_scores = check.translate(5, f"--decode.{rule}={value}", "--decode.allow_unk=true")
            # One by one: in a batch CTranslate2 counts the padding behind a shorter source, whose weights are not quite 0.
            theirs, their_scores = peer.translate(sources, 5, 60, max_batch_size=1, unk=True, **{rule: value})
            difference = largest_difference(our_scores, their_scores)
            require(difference < 1e-4, f"{rule} {value}: scores differ by {difference:.1e}")
            different = sum(a != b for a, b in zip(ours, theirs, strict=True))
            require(different == 0, f"{rule} {value}: {different} of {len(ours)} differ")
            changed.append(sum(a != b for a, b in zip(ours, plain)))
        require(max(changed) > 0, f"{rule} changes nothing here")
        print(f"{rule} as CTranslate2's (it changes {', '.join(map(str, changed))} of {len(sources)} lines)", flush=True)


def check_quantised(check, max_length):
    bleu = lambda texts: sacrebleu.corpus_bleu(texts, [check.targets]).score
    ours = bleu(check.translate(5)[0])
    for quantization in ("int8", "int16", "float16", "bfloat16"):
        directory = check.export("ctranslate2", "--quantize", quantization)
        theirs = bleu(Ctranslate2(directory, "default").translate(check.sources, 5, max_length)[0])
        print(f"{quantization}: BLEU {theirs:.2f}, Heed's {ours:.2f}", flush=True)
        require(abs(ours - theirs) <= 0.3 or quantization == "bfloat16", f"{quantization}: BLEU {theirs:.2f}, not {ours:.2f}")


def read(path):
    with open(path, newline="\n") as file:
        return file.read().split("\n")[:-1]


def check_variants(heed, work):
    data = os.path.join(work, "data")
    subprocess.run([heed, "toy", "translation", data, "--lines", "4000", "--quiet"], check=True)
    sources, targets = (read(os.path.join(data, "test." + language))[:FORCED] for language in ("en", "de"))
    for norm, tie, shared, activation, bias, positions, tokenizer, *others in VARIANTS:
        norm_type = others[0] if others else "layer"
        run = os.path.join(work, "run")
        config = os.path.join(work, "config.yaml")
        with open(config, "w") as file:
            file.write(CONFIG.format(run=run, data=data, norm=norm, tie=tie, shared=shared, activation=activation, bias=bias,
                                     positions=positions, tokenizer=tokenizer, norm_type=norm_type))
        subprocess.run([heed, "train", config, "--overwrite", "--quiet"], check=True)
        check = Check(heed, run, sources, targets, work)
        print(f"{norm}-norm ({norm_type}), {activation}, tied {tie}, shared {shared}, bias {bias}, {positions}, {tokenizer}: ", end="")
        # Texts of characters reach the limit of length, where transformers ends every hypothesis of a beam at no cost.
        print(check_model(check, 60, positions == "sinusoidal" and not others, tokenizer != "char"), flush=True)
    check_ranking(heed, config, work, sources, targets)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("heed")
    parser.add_argument("--model")
    parser.add_argument("--source")
    parser.add_argument("--target")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        if not options.model:
            return check_variants(options.heed, work)
        check = Check(options.heed, options.model, read(options.source), read(options.target), work)
        print(check_model(check, 256), flush=True)
        check_quantised(check, 256)


if __name__ == "__main__":
    main()
