#!/usr/bin/env python3
"""The table of docs/gpu.md out of what gpu_check.sh found.

    gpu_report.py REPORT...       report.jsonl files, of one machine; a later line of a stage replaces an earlier one

Exit code 1 and a line that says where, for a report that is not one.
"""

import json
import sys

MODELS = {"small": "7.6 M parameters (d 256, 3+3), 4,096 tokens an update", "base": "60.5 M parameters (d 512, 6+6), 25,000 tokens an update",
          "small_large_batch": "7.6 M parameters, 25,000 tokens an update", "recurrent": "Bahdanau, 6.3 M parameters, 4,096 tokens an update"}


def thousands(number):
    return f"{number:,.0f}"


def rows_of(stage, found):
    """(what, result) for the table."""
    if stage == "tests":
        yield "tests of label `cuda`", f"{found['passed']} passed, {found['skipped']} skipped"
    elif stage == "repeat":
        same = sum(value == "same bytes" for value in found.values())
        yield "run twice, and killed and resumed", f"{same} of {len(found)} kinds of model and precision end in the same bytes"
    elif stage.startswith("speed_"):
        yield (f"training, {MODELS[stage.removeprefix('speed_')]}",
               f"{thousands(found['heed'])} target tokens/s, {found['ratio']} times eager PyTorch ({thousands(found['pytorch'])})")
    elif stage == "profile_translate" and "skipped" not in found:
        yield ("a step of a beam search", f"{found['kernel_ms']:.2f} ms in {found['kernels']:.0f} kernels; "
               f"{thousands(found['sentences_per_second'])} sentences/s")
    elif stage.startswith("profile_"):
        yield (f"an update, {MODELS[stage.removeprefix('profile_')]}",
               f"{found['ms_per_update']:.2f} ms, {found['kernel_ms']:.2f} ms of it in {found['kernels']:.0f} kernels; "
               f"waited for {found['synchronizations']:.0f} time(s)")
    elif stage == "sanitizer" and "skipped" not in found:
        for tool, summary in found.items():
            yield f"compute-sanitizer {tool}", "; ".join(summary)
    elif stage == "multi30k" and "skipped" not in found:
        yield "Multi30k en-de, trained", f"{found['train_seconds']} s; {found['best']}"
        for beam in (1, 5):
            one = found[f"beam_{beam}"]
            peer, rates = one["huggingface"], one["sentences_per_second_by_batch_tokens"]
            yield (f"Multi30k, translated with a beam of {beam}",
                   f"{one['bleu']} BLEU, " +
                   ", ".join(f"{thousands(rate)} sentences/s in batches of {size} pieces" for size, rate in rates.items()) +
                   (f"; the last is {one['ratio']} times Hugging Face ({thousands(peer['sentences_per_second'])})" if peer else ""))


def read(paths):
    lines = {}
    for path in paths:
        with open(path) as file:
            for number, text in enumerate(file, 1):
                try:
                    line = json.loads(text)
                    lines[line["stage"]] = line
                    if not isinstance(line["passed"], bool) or ("found" if line["passed"] else "error") not in line:
                        raise KeyError("found" if line["passed"] else "error")
                except (ValueError, KeyError, TypeError) as error:
                    sys.exit(f"gpu_report: {path}:{number}: expected a line of gpu_check.sh, found {text.strip()[:80]!r} ({error})")
    return lines


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__.strip())
    lines = read(sys.argv[1:])
    machine = lines.get("machine", {}).get("found", {})
    print(f"On {'; '.join(machine.get('gpus', ['a GPU that the report does not name']))}, {machine.get('cores', '?')} cores:\n")
    print("| what | result |\n|---|---|")
    for stage, line in lines.items():
        if not line["passed"]:
            print(f"| {stage} | FAILED: {line['error'][:200]} |")
            continue
        try:
            for what, result in rows_of(stage, line["found"]):
                print(f"| {what} | {result} |")
        except (KeyError, TypeError, ValueError) as error:
            sys.exit(f"gpu_report: the stage {stage} lacks {error}")


if __name__ == "__main__":
    main()
