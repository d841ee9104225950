#!/usr/bin/env python3
"""`heed import` of a Marian directory that transformers wrote, laid out as the public OPUS-MT models are.

  import_marian.py HEED

Two sentencepiece models, one vocab.json with ids of its own (</s> 0, <unk> 1, <pad> last), a bias of the logits, decoding
that starts from <pad>, whose embedding is zero. Weights are random but for what OPUS fixes. Then:
  - forced log probabilities within 1e-4 of transformers', for sentences, language codes and characters that no model knows;
  - 100 updates of `heed train` from it lower the loss on its training text;
  - its export comes back from another import with the same bits, and transformers computes the same with it;
  - `train.initialize_tokenizer: false` starts a model with other words from it.
"""
import json, os, re, subprocess, sys, tempfile, warnings

import sentencepiece
import torch
import transformers

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
torch.set_num_threads(1)
CONFIG = """\
run: {{directory: {run}, device: cpu, threads: 1}}
data:
  train: {{source: {data}/train.en, target: {data}/train.de}}
  cache_directory: {data}/cache
{tokenizer}
model: {{d_model: 32, d_ff: 64, num_heads: 2, num_encoder_layers: 2, num_decoder_layers: 2, norm: post, activation: swish, output_bias: true}}
optimizer: {{learning_rate: 0.002}}
schedule: {{warmup_steps: 20}}
train: {{max_steps: 100, batch_tokens: 1000, validate_every: 0, save_every: 0, log_every: 10, initialize_from: {origin},
         initialize_tokenizer: {keep}}}
"""


def require(holds, what):
    if not holds:
        sys.exit("import_marian.py: " + what)


def read(path):
    with open(path, newline="\n") as file:
        return file.read().split("\n")[:-1]


def write_marian(directory, data):
    """A directory like opus-mt-en-de, its pieces learnt from the toy corpus."""
    os.makedirs(directory)
    pieces = []
    for side, language in (("source", "en"), ("target", "de")):
        prefix = os.path.join(directory, side)
        sentencepiece.SentencePieceTrainer.train(
            input=os.path.join(data, "train." + language), model_prefix=prefix, vocab_size=500, model_type="unigram",
            character_coverage=0.999, minloglevel=2)
        os.rename(prefix + ".model", prefix + ".spm")
        model = sentencepiece.SentencePieceProcessor(prefix + ".spm")
        pieces += [model.id_to_piece(i) for i in range(3, model.get_piece_size())]  # without <unk>, <s>, </s>
    pieces = sorted(set(pieces), key=lambda piece: (len(piece), piece))  # an order that is neither model's
    vocabulary = ["</s>", "<unk>", *pieces, ">>de<<", "<pad>"]
    with open(os.path.join(directory, "vocab.json"), "w") as file:
        json.dump({piece: i for i, piece in enumerate(vocabulary)}, file)
    with open(os.path.join(directory, "tokenizer_config.json"), "w") as file:
        json.dump({"source_lang": "en", "target_lang": "de", "tokenizer_class": "MarianTokenizer"}, file)

    torch.manual_seed(3)
    pad = len(vocabulary) - 1
    config = transformers.MarianConfig(
        vocab_size=len(vocabulary), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=512, init_std=0.2,
        activation_function="swish", scale_embedding=True, pad_token_id=pad, decoder_start_token_id=pad, eos_token_id=0,
        forced_eos_token_id=0)
    model = transformers.MarianMTModel(config)
    with torch.no_grad():
        model.final_logits_bias.normal_(std=0.5)
        model.final_logits_bias[0, pad] = 0
        model.model.shared.weight[pad] = 0
    model.generation_config.update(bad_words_ids=[[pad]], num_beams=4, max_length=512)
    model.save_pretrained(directory)


@torch.no_grad()
def scores(directory, sources, targets):
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
    tokenizer.punc_normalizer = lambda text: text
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(directory).eval()
    result = []
    for source, target in zip(sources, targets, strict=True):
        labels = tokenizer(text_target=target, return_tensors="pt")["input_ids"]
        fed = torch.cat([torch.full((1, 1), model.config.decoder_start_token_id), labels[:, :-1]], 1)
        logits = model(**tokenizer(source, return_tensors="pt"), decoder_input_ids=fed).logits.double()
        result.append(float(logits.log_softmax(-1).gather(-1, labels[..., None]).sum()))
    return result


class Heed:
    def __init__(self, heed, work):
        self.heed, self.work = heed, work

    def run(self, *arguments):
        done = subprocess.run([self.heed, *arguments, "--threads", "1"], capture_output=True, text=True)
        require(done.returncode == 0, f"heed {' '.join(arguments)}: {done.stderr}")
        return done

    def score(self, model, sources, targets):
        paths = []
        for name, lines in (("s", sources), ("t", targets)):
            paths.append(os.path.join(self.work, name))
            with open(paths[-1], "w") as file:
                file.writelines(line + "\n" for line in lines)
        return [float(x) for x in self.run("score", model, "--source", paths[0], "--target", paths[1]).stdout.split()]

    def train(self, origin, data, keep):
        """Losses as logged; the carried pieces where another tokenizer was made."""
        run, config = os.path.join(self.work, "run"), os.path.join(self.work, "config.yaml")
        with open(config, "w") as file:
            file.write(CONFIG.format(run=run, data=data, origin=origin, keep="true" if keep else "false",
                                     tokenizer="" if keep else "tokenizer: {vocab_size: 700}"))
        log = self.run("train", config, "--overwrite").stderr
        return [float(loss) for loss in re.findall(r"loss ([0-9.]+)", log)], log


def check(heed, work):
    data, directory, model = (os.path.join(work, name) for name in ("data", "opus", "model"))
    heed.run("toy", "translation", data, "--lines", "3000")
    write_marian(directory, data)
    sources = [line for line in read(os.path.join(data, "test.en"))[:200]]
    targets = [line for line in read(os.path.join(data, "test.de"))[:200]]
    sources += [">>de<< " + sources[0], ">>xx<< " + sources[1], "日本 and Ωmega", "double  space"]
    targets += [targets[0], targets[1], "ẞ 日本", "a  b"]

    heed.run("import", directory, "-o", model)
    expected, found = scores(directory, sources, targets), heed.score(model, sources, targets)
    difference = max(abs(a - b) for a, b in zip(expected, found, strict=True))
    require(difference < 1e-4, f"forced log probabilities differ by up to {difference:.2e}")
    print(f"forced log probabilities of {len(sources)} sentences within {difference:.1e}")

    out, again = os.path.join(work, "out"), os.path.join(work, "again")
    heed.run("export", model, "--format", "huggingface", "-o", out)
    heed.run("import", out, "-o", again)
    for name in os.listdir(model):
        if name not in ("config.yaml", "manifest.json"):
            with open(os.path.join(model, name), "rb") as one, open(os.path.join(again, name), "rb") as other:
                require(one.read() == other.read(), f"{name} differs after export and import")
    difference = max(abs(a - b) for a, b in zip(expected, scores(out, sources, targets), strict=True))
    require(difference < 1e-5, f"the export's log probabilities differ by up to {difference:.2e}")
    print("export and import give the same bits")

    losses, _ = heed.train(model, data, True)
    require(losses[-1] < losses[0] - 1, f"fine-tuning does not lower the loss: {losses}")
    print(f"fine-tuning: loss {losses[0]} -> {losses[-1]}")
    losses, log = heed.train(model, data, False)
    carried = re.search(r"(\d+) of (\d+) source and \1 of \2 target pieces carried over", log)
    require(carried and 100 < int(carried[1]) < int(carried[2]) == 700, "no pieces were carried over: " + log)
    require(losses[-1] < losses[0] - 1, f"training with other words does not lower the loss: {losses}")
    print(f"another tokenizer: {carried[0]}")


def main():
    with tempfile.TemporaryDirectory() as work:
        check(Heed(os.path.abspath(sys.argv[1]), work), work)


if __name__ == "__main__":
    main()
