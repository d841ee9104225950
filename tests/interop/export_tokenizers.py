#!/usr/bin/env python3
"""Exports cut text as Heed does: the same ids, with user symbols and language codes wherever they stand.

  export_tokenizers.py HEED IDS_DUMP

For every kind of tokenizer that can leave, of both sides: the ids of `ids_dump` against those of transformers'
AutoTokenizer on the Hugging Face export, of `heed import` of that, and of the snippet in the README.md of the CTranslate2
export. Left out is
what the exports' README.md files say is otherwise there: blank lines, the text of a special piece, and (transformers) a
leading >>...<< that is no piece.
"""
import json, os, re, subprocess, sys, tempfile, warnings

import transformers

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")

CONFIG = """\
run: {{directory: {run}, device: cpu, threads: 1}}
data: {{train: {{source: {data}/train.en, target: {data}/train.de}}, cache_directory: {data}/cache}}
tokenizer: {{type: {type}, vocab_size: {size}, shared: {shared}, normalization: {normalization}, user_symbols: {symbols}}}
model: {{d_model: 32, d_ff: 64, num_heads: 2, num_encoder_layers: 1, num_decoder_layers: 1, tie_embeddings: decoder}}
train: {{max_steps: 1, validate_every: 0, save_every: 0}}
"""
SYMBOLS = [">>fr<<", ">>de<<", "<name>", "@@"]
VARIANTS = [  # type, size, shared, normalisation, symbols
    ("bpe", 600, "true", "identity", SYMBOLS),
    ("bpe", 600, "false", "nmt_nfkc", SYMBOLS),
    ("unigram", 600, "true", "identity", SYMBOLS),
    ("char", 600, "true", "nmt_nfkc_cf", SYMBOLS),
    ("word", 600, "false", "identity", SYMBOLS),
    ("bpe", 600, "true", "identity", []),
]
TEXTS = ["the old doctor", "der alte Arzt schläft .", "日本 x", "  two  spaces ", "tab\tbed", "½ ² … 10\u00a0km", "é e\u0301", "a << b", ">> a",
         "ba\u200bko", "\u2581x", "x \u2028 y", "\u0416 \U0001F600", "#1 & \"q\" 'q'", "... !?", "３２", "ＡＢＣ"]


def lines():
    found = list(TEXTS)
    for text in TEXTS:
        for symbol in SYMBOLS:
            found += [f"{symbol} {text}", f"{symbol}{text}", f"{text} {symbol}", f"a {symbol} {text}", f"x{symbol}y {text}",
                      f"{symbol} {symbol} {text}", f" {symbol} {text}", f"{symbol}  {text}"]
        found += [f">>fr<<>>de<< {text}", f">>fr<< {text} >>de<<", f">>de<<<name> {text}"]
    return found


def is_unknown_code(line, vocabulary):
    end = line.find("<<")
    return line.startswith(">>") and end != -1 and line[:end + 2] not in vocabulary


def compare(name, expected, found, texts):
    different = [i for i, (a, b) in enumerate(zip(expected, found, strict=True)) if a != b]
    if different:
        first = different[0]
        sys.exit(f"export_tokenizers.py: {name}: {len(different)} of {len(texts)} lines have other ids, the first is {texts[first]!r}: "
                 f"Heed {expected[first]}, there {found[first]}")


def run(heed, *arguments):
    subprocess.run([heed, *arguments, "--quiet"], check=True, stderr=subprocess.DEVNULL)


def heeds_ids(dump, model, side, texts):
    done = subprocess.run([dump, model, side], input="".join(text + "\n" for text in texts), capture_output=True, text=True, check=True)
    return [[int(i) for i in line.split()] for line in done.stdout.split("\n")[:-1]]


def transformers_ids(directory, side, texts):
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
    tokenizer.punc_normalizer = lambda text: text
    texts = {"text": texts} if side == "source" else {"text_target": texts}
    return [ids[:-1] for ids in tokenizer(**texts)["input_ids"]]


def ctranslate2_ids(directory, texts):
    """By the lines of README.md that cut the text."""
    with open(os.path.join(directory, "README.md")) as file:
        snippet = file.read().split("\n\n")[1]
    snippet = re.sub(r"^    ", "", snippet[:snippet.index("    results =")], flags=re.M)
    snippet = snippet.replace('Processor("', f'Processor("{directory}/')
    scope = {"texts": texts}
    exec("import sentencepiece\n" + snippet, scope)
    names = [os.path.join(directory, name) for name in ("shared_vocabulary.json", "source_vocabulary.json")]
    with open(next(filter(os.path.exists, names))) as file:
        ids = {piece: i for i, piece in enumerate(json.load(file))}
    return [[ids.get(piece, ids["<unk>"]) for piece in line] for line in scope["lines"]]


def check(heed, dump, work, variant):
    kind, size, shared, normalization, symbols = variant
    data, model = os.path.join(work, "data"), os.path.join(work, "run")
    config = os.path.join(work, "config.yaml")
    with open(config, "w") as file:
        file.write(CONFIG.format(run=model, data=data, type=kind, size=size, shared=shared, normalization=normalization,
                                 symbols=json.dumps(symbols)))
    run(heed, "train", config, "--overwrite")
    for form in ("huggingface", "ctranslate2"):
        run(heed, "export", model, "--format", form, "-o", os.path.join(work, form), "--force")
    back = os.path.join(work, "back")
    run(heed, "import", os.path.join(work, "huggingface"), "-o", back, "--force")
    texts = lines()
    known = [text for text in texts if not is_unknown_code(text, symbols)]
    for side in ("source", "target"):
        compare(f"{variant} {side} transformers", heeds_ids(dump, model, side, known),
                transformers_ids(os.path.join(work, "huggingface"), side, known), known)
        compare(f"{variant} {side} after import", heeds_ids(dump, model, side, texts), heeds_ids(dump, back, side, texts), texts)
    compare(f"{variant} ctranslate2", heeds_ids(dump, model, "source", texts),
            ctranslate2_ids(os.path.join(work, "ctranslate2"), texts), texts)
    print(f"{kind}, shared {shared}, {normalization}, {len(symbols)} symbols: the same ids for {len(known)} lines in transformers, "
          f"{len(texts)} by CTranslate2's README.md", flush=True)


def main():
    heed, dump = (os.path.abspath(argument) for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as work:
        run(heed, "toy", "translation", os.path.join(work, "data"), "--lines", "1000")
        for variant in VARIANTS:
            check(heed, dump, work, variant)


if __name__ == "__main__":
    main()
