"""`heed translate --decode.mbr=...` against sacreBLEU: the utilities of the drawn translations and of a beam's are the means
of its sentence scores, and the best one is chosen.

    python tests/interop/minimum_risk.py build/release/heed
"""

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from sacrebleu.metrics import BLEU, CHRF

CANDIDATES = 12


def heed(*arguments, text=None):
    return subprocess.run([sys.argv[1], *map(str, arguments), "--quiet"], input=text, check=True, text=True,
                          capture_output=True).stdout


def lists(run, lines, *options):
    output = heed("translate", run, "--format", "jsonl", *options, text="".join(line + "\n" for line in lines))
    return [json.loads(line)["hypotheses"] for line in output.splitlines()]


def compare(run, lines, name, metric, search):
    """How many texts were compared. `search`: options, and the weight of a hypothesis."""
    options, weight_of = search
    plain = lists(run, lines, *options, f"--n-best={CANDIDATES}")
    chosen = lists(run, lines, *options, f"--decode.mbr={name}", f"--decode.mbr_candidates={CANDIDATES}",
                   f"--n-best={CANDIDATES}")
    for candidates, found in zip(plain, chosen):
        weights = [weight_of(one, candidates[0]) for one in candidates]
        expected = {}
        for one in candidates:
            scores = [metric.sentence_score(one["translation"], [other["translation"]]).score for other in candidates]
            expected[one["translation"]] = sum(w * s for w, s in zip(weights, scores)) / sum(weights)
        utilities = {one["translation"]: one["score"] for one in found}
        assert utilities.keys() == expected.keys(), (utilities, expected)
        for text, utility in utilities.items():
            assert math.isclose(utility, expected[text], rel_tol=1e-9), (text, utility, expected[text])
        assert [one["score"] for one in found] == sorted(utilities.values(), reverse=True)
    return sum(map(len, chosen))


def main():
    with tempfile.TemporaryDirectory() as directory:
        toy, run = Path(directory, "toy"), Path(directory, "run")
        heed("toy", "translation", toy, "--lines=2000")
        config = Path(directory, "config.yaml")
        config.write_text(f"""
data: {{train: {{source: {toy}/train.en, target: {toy}/train.de}}}}
tokenizer: {{type: bpe, vocab_size: 300}}
model: {{d_model: 48, d_ff: 96, num_heads: 2, num_encoder_layers: 1, num_decoder_layers: 1, dropout: 0.1}}
train: {{max_steps: 250, batch_tokens: 1024, validate_every: 0}}
decode: {{max_length: 40}}
""")
        heed("train", config, f"--run.directory={run}")
        lines = (toy / "test.en").read_text().splitlines()[:10]
        sampling = (["--decode.sampling=true"], lambda one, best: 1)
        beam = ([f"--decode.beam_size={CANDIDATES}"], lambda one, best: math.exp(one["log_probability"] - best["log_probability"]))
        for name, metric in (("chrf", CHRF()), ("bleu", BLEU(effective_order=True))):
            for search in (sampling, beam):
                count = compare(run, lines, name, metric, search)
                print(f"{name}: {count} texts of {len(lines)} lines have sacreBLEU's mean scores")


if __name__ == "__main__":
    main()
