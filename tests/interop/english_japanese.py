#!/usr/bin/env python3
"""English to a language without spaces, from raw text: does training pick its best model by a score that means something?

    english_japanese.py HEED

The corpus is made here: short English sentences and their Japanese, words in Japanese order, written without spaces. With
no key set, BLEU's 13a takes each Japanese sentence for one word: training must say so, naming the key, and must not keep
its first validation for the best. With that key alone set, the scores of training and of `evaluate` must be sacreBLEU's,
and the model must be picked by them. Exit code 0 passes.
"""
import json, random, subprocess, sys, tempfile
from pathlib import Path

import sacrebleu

NOUNS = {"cat": "猫", "dog": "犬", "teacher": "先生", "child": "子供", "doctor": "医者", "friend": "友達", "bird": "鳥", "student": "学生"}
THINGS = {"book": "本", "letter": "手紙", "apple": "りんご", "water": "水", "photo": "写真", "bread": "パン", "coat": "コート", "song": "歌"}
VERBS = {"sees": "見ます", "buys": "買います", "brings": "持ってきます", "likes": "好きです", "finds": "見つけます", "wants": "欲しいです"}
PLACES = {"at home": "家で", "in the park": "公園で", "in Tokyo": "東京で", "at school": "学校で", "in the kitchen": "台所で"}
TIMES = {"today": "今日", "every day": "毎日", "in the evening": "夕方に", "on Sunday": "日曜日に"}
COLOURS = {"red": "赤い", "old": "古い", "small": "小さい", "new": "新しい", "white": "白い"}


def pair(draw):
    of = lambda words: draw.choice(sorted(words.items()))
    who, thing, verb, place, when, colour = map(of, [NOUNS, THINGS, VERBS, PLACES, TIMES, COLOURS])
    return (f"The {who[0]} {verb[0]} the {colour[0]} {thing[0]} {place[0]} {when[0]}.",
            f"{who[1]}は{when[1]}{place[1]}{colour[1]}{thing[1]}を{verb[1]}。")


class Run:
    def __init__(self, heed, directory):
        self.heed, self.directory = heed, directory
        draw = random.Random(3)
        for split, count in [("train", 2000), ("validation", 150), ("test", 150)]:
            pairs = [pair(draw) for _ in range(count)]
            (directory / f"{split}.en").write_text("".join(en + "\n" for en, _ in pairs))
            (directory / f"{split}.ja").write_text("".join(ja + "\n" for _, ja in pairs))
        sides = lambda split: f"{split}: {{source: {directory}/{split}.en, target: {directory}/{split}.ja}}"
        (directory / "ja.yaml").write_text(f"""
data: {{{sides("train")}, {sides("validation")}, {sides("test")}, cache_directory: {directory}/cache}}
tokenizer: {{type: unigram, vocab_size: 250}}
model: {{d_model: 64, d_ff: 128, num_heads: 4, num_encoder_layers: 1, num_decoder_layers: 1}}
optimizer: {{learning_rate: 0.004}}
schedule: {{warmup_steps: 60}}
train: {{max_steps: 400, batch_tokens: 1000, validate_every: 100, save_every: 100, keep: 9}}
""")

    def run(self, *arguments):
        done = subprocess.run([self.heed, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done

    def train(self, name, *keys):
        return self.run("train", self.directory / "ja.yaml", f"--run.directory={self.directory / name}", *keys).stderr

    def validations(self, name):
        header, *rows = (self.directory / name / "validations.tsv").read_text().splitlines()
        return [dict(zip(header.split("\t"), row.split("\t"))) for row in rows]

    def best(self, name):
        return int((self.directory / name / "best").readlink().name.removeprefix("step-"))

    def lines(self, name):
        return (self.directory / name).read_text().splitlines()


def by_default(run):
    said = run.train("default")
    warnings = [line for line in said.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1 and "eval.bleu_tokenize" in warnings[0], warnings
    rows = run.validations("default")
    assert all(float(row["bleu"]) < 50 for row in rows), rows
    best = min(rows, key=lambda row: (-float(row["bleu"]), float(row["loss"])))
    assert run.best("default") == int(best["step"]) > 100, (run.best("default"), rows)
    print(f"13a: warned; best by BLEU, then loss: step {run.best('default')}")


def with_the_key(run, tokenize):
    said = run.train(tokenize, f"--eval.bleu_tokenize={tokenize}")
    assert "warning" not in said, said
    rows = run.validations(tokenize)
    assert run.best(tokenize) == max((float(row["bleu"]), -float(row["loss"]), int(row["step"])) for row in rows)[2]
    scores = json.loads(run.run("evaluate", run.directory / tokenize, "--split", "validation", "--decode.beam_size=1", "--json",
                                "-o", run.directory / "hypotheses").stdout)["scores"][0]
    expected = sacrebleu.corpus_bleu(run.lines("hypotheses"), [run.lines("validation.ja")], tokenize=tokenize).score
    assert scores["score"] == expected and f"|tok:{tokenize}|" in scores["signature"], (scores, expected)
    best = [row for row in rows if int(row["step"]) == run.best(tokenize)][0]
    assert best["bleu"] == f"{expected:.4f}", (best, expected)
    assert expected > 60, f"a model that has learned scores more than {expected}"
    print(f"{tokenize}: best step {run.best(tokenize)}, BLEU {expected:.2f} in training, in evaluate and in sacreBLEU")


def main():
    with tempfile.TemporaryDirectory() as directory:
        run = Run(sys.argv[1], Path(directory))
        by_default(run)
        with_the_key(run, "char")
        with_the_key(run, "zh")


if __name__ == "__main__":
    main()
