#!/usr/bin/env python3
"""The stages of gpu_check.sh, which says what it is for. Each is a function that returns what goes into the report."""

import collections
import concurrent.futures
import glob
import hashlib
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUNDLE = os.path.dirname(HERE)
HEED = os.path.join(BUNDLE, "heed")


class Failed(Exception):
    pass


def run(*command, seconds, check=True, **options):
    """The command's output; Failed with its end if it fails or outlasts its time."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
                              errors="replace", **options)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{command[0]} ran past {seconds} s: {(late.stdout or b'')[-1500:]}")
    if check and done.returncode != 0:
        raise Failed(f"{shlex.join(command)}: exit code {done.returncode}: {done.stdout[-3000:]}")
    return done.stdout


# --- what is here

def machine(out):
    fields = "name,driver_version,compute_cap,memory.total,clocks.max.sm,power.limit"
    found = run("nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader", seconds=60).strip().splitlines()
    with open("/proc/cpuinfo") as cpu:
        cpu_name = next((line.split(": ")[1].strip() for line in cpu if line.startswith("model name")), "unknown")
    return {"gpus": found, "cpu": cpu_name, "cores": os.cpu_count(), "heed": run(HEED, "--version", seconds=120).split("\n")}


# --- is it right

def tests(out):
    text = run(os.path.join(BUNDLE, "cuda_test"), seconds=240, check=False)
    with open(os.path.join(out, "cuda_test.txt"), "w") as file:
        file.write(text)
    failed = re.findall(r"^\[  FAILED  \] (\S+?), ", text, re.M)
    passed = re.search(r"^\[  PASSED  \] (\d+) tests?", text, re.M)  # the summary: the program has come to its end
    skipped = re.search(r"^\[  SKIPPED \] (\d+) tests?", text, re.M)
    if failed or not passed or int(passed[1]) == 0:
        raise Failed(f"{passed[1] if passed else 'no'} tests passed to the end, failed: {sorted(set(failed))}: {text[-3000:]}")
    return {"passed": int(passed[1]), "skipped": int(skipped[1]) if skipped else 0}


def sanitizer(out):
    tool = shutil.which("compute-sanitizer")
    if not tool:
        return {"skipped": "no compute-sanitizer"}
    found = {}
    plain_memory = os.environ | {"PYTORCH_ALLOC_CONF": "expandable_segments:False"}  # else LibTorch tries what a machine may forbid
    for kind in ("memcheck", "racecheck"):
        text = run(tool, "--tool", kind, os.path.join(BUNDLE, "cuda_test"),
                   "--gtest_filter=*AttentionOnCuda.Equals*Short*:*AttentionOnCuda.Equals*Own_*:*KernelsOnCuda.LayerNorm*float*:"
                   "*KernelsOnCuda.ColumnSums*bfloat16*:*KernelsOnCuda.CrossEntropy*bfloat16*", seconds=150, check=False, env=plain_memory)
        if not re.search(r"^=+ (ERROR|RACECHECK) SUMMARY: 0 ", text, re.M):  # the first one says what it is about
            first = re.search(r"^=+ (?!COMPUTE-SANITIZER).*", text, re.M)
            raise Failed(f"{kind}: {text[first.start() if first else 0:][:3000]}")
        if not re.search(r"^\[  PASSED  \] [1-9]", text, re.M):
            raise Failed(f"{kind}: no test passed to the end: {text[-1500:]}")
        found[kind] = re.findall(r"=+ (.*SUMMARY.*)", text)
    return found


def sums(checkpoint):
    def digest(name):
        with open(os.path.join(checkpoint, name), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    return {name: digest(name) for name in sorted(os.listdir(checkpoint)) if name.endswith(".safetensors")}


def toy_config(out, name, **keys):
    data = os.path.join(out, "toy")
    if not os.path.exists(data):
        run(HEED, "toy", "translation", data, "--quiet", seconds=60)
    values = {"run.directory": os.path.join(out, name), "train.max_steps": 60, "train.save_every": 20,
              "train.validate_every": 0, "train.batch_tokens": 1000, **keys}
    path = os.path.join(out, f"{name}.yaml")
    sections = collections.defaultdict(dict)
    for key, value in values.items():
        sections[key.split(".")[0]][key.split(".")[1]] = value
    sections["data"] = {side: {"source": f"{data}/{side}.en", "target": f"{data}/{side}.de"}
                        for side in ("train", "validation")} | {"cache_directory": f"{data}/cache"}
    sections["tokenizer"] = {"vocab_size": 1000}
    with open(path, "w") as file:
        json.dump(sections, file)  # JSON is YAML
    return path


MODELS = {
    "transformer": {"model.d_model": 64, "model.d_ff": 128, "model.num_heads": 4, "model.dropout": 0.1},
    "attention_dropout": {"model.d_model": 64, "model.d_ff": 128, "model.num_heads": 4, "model.attention_dropout": 0.1},
    "bahdanau": {"model.encoder": "recurrent", "model.decoder": "recurrent", "model.d_model": 64, "model.bridge": "mean"},
    "luong": {"model.encoder": "recurrent", "model.decoder": "recurrent", "model.d_model": 64, "model.attention": "luong"},
    "mixed": {"model.decoder": "recurrent", "model.d_model": 64, "model.d_ff": 128, "model.num_heads": 4},
}


def repeated(out, model, precision):
    """Two runs, and one that is killed and goes on: what differs."""
    name, kept = f"{model}_{precision}", []
    for copy in ("once", "again", "killed"):
        directory = os.path.join(out, f"{name}_{copy}")
        config = toy_config(out, f"{name}_{copy}", **MODELS[model], **{"run.device": "cuda", "run.precision": precision})
        if copy == "killed":
            process = subprocess.Popen([HEED, "train", config, "--quiet"])
            while process.poll() is None and not glob.glob(os.path.join(directory, "checkpoints", "*[0-9]")):
                time.sleep(0.005)
            process.kill()
            process.wait()
        run(HEED, "train", config, "--quiet", "--resume", seconds=100)
        kept.append(sums(os.path.join(directory, "latest")))
        shutil.rmtree(directory)
    return [copy for copy, files in zip(("again", "killed"), kept[1:]) if files != kept[0]]


def repeat(out):
    """Every kind of model: two runs, and one that is killed and goes on, end in the same bytes."""
    toy_config(out, "data")  # makes the corpus
    kinds = [(model, precision) for model in MODELS for precision in ("bf16", "fp32")]
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        differing = list(pool.map(lambda kind: repeated(out, *kind), kinds))
    found = {f"{model} {precision}": files or "same bytes" for (model, precision), files in zip(kinds, differing)}
    if any(differing):
        raise Failed(f"not repeatable: {found}")
    return found


# --- is it fast

SMALL = {"model.d_model": 256, "model.d_ff": 1024, "model.num_heads": 4, "model.num_encoder_layers": 3,
         "model.num_decoder_layers": 3}
BASE = {"model.d_model": 512, "model.d_ff": 2048, "model.num_heads": 8, "model.num_encoder_layers": 6,
        "model.num_decoder_layers": 6}
COMMON = {"run.device": "cuda", "run.precision": "bf16", "run.directory": "unused", "model.dropout": 0.1, "model.norm": "pre",
          "model.tie_embeddings": "all", "optimizer.learning_rate": 0.001, "schedule.type": "inverse_sqrt",
          "schedule.warmup_steps": 1000, "train.ema": 0}


def synthetic_batches(path, count, tokens, vocabulary, mean):
    """Sentences as long as news text in pieces, words by Zipf's law; pairs of like length lie together."""
    draw = random.Random(1)
    def sentence(length):
        return [4 + int((vocabulary - 5) ** draw.random()) % (vocabulary - 4) for _ in range(length - 1)] + [3]
    with open(path, "w") as file:
        for _ in range(count):
            length = max(4, min(120, round(draw.lognormvariate(0, 0.5) * mean)))
            target = [max(2, length + draw.randint(-2, 2)) for _ in range(tokens // length)]
            print(json.dumps({"source": [sentence(max(2, n + draw.randint(-2, 2))) for n in target],
                              "target": [sentence(n) for n in target]}), file=file)
    return path


def window_command(out, batches, vocabulary, keys):
    config = os.path.join(out, "window.yaml")
    with open(config, "w") as file:
        json.dump({"run": {"directory": "unused"}, "data": {"train": {"source": "unused", "target": "unused"}}}, file)
    flags = [f"--{key}={value}" for key, value in {**COMMON, **keys}.items()]
    return [os.path.join(BUNDLE, "train_window"), config, "--vocabulary", str(vocabulary), "--batches", batches, *flags]


def compared(out, name, batches, vocabulary, keys, windows=3, updates=20, warmup=10, precision="bf16", extra=()):
    command = window_command(out, batches, vocabulary, {**keys, "run.precision": precision})
    recurrent = keys.get("model.encoder") == "recurrent"
    shape = ["--d-model", str(keys["model.d_model"]), "--layers", str(keys.get("model.num_encoder_layers", 1)),
             "--d-ff", str(keys.get("model.d_ff", 1)), "--num-heads", str(keys.get("model.num_heads", 1)),
             "--model", "recurrent" if recurrent else "transformer"]
    text = run(sys.executable, os.path.join(HERE, "benchmark_train.py"), "compare", "--heed", shlex.join(command),
               "--batches", batches, "--vocabulary", str(vocabulary), "--device", "cuda", "--precision", precision,
               "--windows", str(windows), "--updates", str(updates), "--warmup", str(warmup), "--rehearse", *shape, *extra, seconds=150)
    with open(os.path.join(out, f"speed_{name}.txt"), "w") as file:
        file.write(text)
    rows = {row[0]: float(row[1].replace(",", "")) for row in re.findall(r"^(Heed|PyTorch)\s+([\d,]+)", text, re.M)}
    losses = re.findall(r"^(?:Heed|PyTorch).*?([\d.]+)$", text, re.M)
    return {"heed": rows["Heed"], "pytorch": rows["PyTorch"], "ratio": float(re.search(r"^ratio\s+([\d.]+)", text, re.M)[1]),
            "losses": losses}


def profiled(out, name, batches, vocabulary, keys, warmup=10, updates=5):
    """Kernels, copies and waits of an update, and the kernels that take most of its time."""
    process = subprocess.Popen(window_command(out, batches, vocabulary, keys), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    trace = os.path.join(out, f"trace_{name}.json")
    def ask(**request):
        print(json.dumps(request), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())
    for _ in range(3):  # every shape is known, its kernels are loaded, its graph is there
        ask(command="run", **{"from": 0, "updates": warmup + updates})
    plain = ask(command="run", **{"from": warmup, "updates": updates})
    ask(command="profile", **{"from": warmup, "updates": updates}, file=trace)
    process.stdin.close()
    process.wait()
    return {"ms_per_update": 1000 * plain["seconds"] / updates, "tokens_per_update": plain["tokens"] / updates,
            **counted(trace, lambda names: updates)}


def counted(trace, units):
    """What a trace has of kernels, copies and waits for each of its units, as many as `units` makes of its kernels' names."""
    with open(trace) as file:
        events = json.load(file)["traceEvents"]
    os.remove(trace)
    kernels = [(e["name"][:150], e["dur"]) for e in events if e.get("cat") == "kernel"]
    number = units([name for name, _ in kernels])
    times = collections.Counter(name for name, _ in kernels)
    microseconds = collections.Counter()
    for name, duration in kernels:
        microseconds[name] += duration
    calls = collections.Counter(e["name"] for e in events if e.get("cat") in ("cuda_runtime", "cuda_driver"))
    per_unit = lambda count: round(count / number, 1)
    return {"kernel_ms": round(sum(microseconds.values()) / 1000 / number, 3), "kernels": per_unit(len(kernels)),
            "copies": per_unit(sum(e.get("cat") in ("gpu_memcpy", "gpu_memset") for e in events)),
            "synchronizations": per_unit(sum(n for call, n in calls.items() if "Synchronize" in call)),
            "calls": {call: per_unit(n) for call, n in calls.most_common(12)},
            "top": [(per_unit(t), per_unit(times[k]), k) for k, t in microseconds.most_common(40)]}


def speed_small(out):
    return compared(out, "small_4096", os.path.join(HERE, "batches_4096.jsonl"), 8000, SMALL, windows=2)


def speed_small_large_batch(out):
    return compared(out, "small_25000", os.path.join(HERE, "batches_25000.jsonl"), 8000, SMALL, updates=10)


def speed_base(out):
    batches = synthetic_batches(os.path.join(out, "base.jsonl"), 40, 25000, 32000, 28)
    return compared(out, "base_25000", batches, 32000, BASE, updates=8, warmup=8)


RECURRENT = {"model.encoder": "recurrent", "model.decoder": "recurrent", "model.d_model": 384, "model.num_encoder_layers": 1,
             "model.num_decoder_layers": 1}


def speed_recurrent(out):
    return compared(out, "recurrent", os.path.join(HERE, "batches_4096.jsonl"), 8000, RECURRENT, updates=10, warmup=5)


def profile_recurrent(out):
    return profiled(out, "recurrent", os.path.join(HERE, "batches_4096.jsonl"), 8000, RECURRENT, warmup=5)


def profile_small(out):
    return profiled(out, "small", os.path.join(HERE, "batches_4096.jsonl"), 8000, SMALL)


def profile_base(out):
    batches = synthetic_batches(os.path.join(out, "base.jsonl"), 40, 25000, 32000, 28)
    return profiled(out, "base", batches, 32000, BASE)


# --- is it good

def multi30k(out):
    """Three minutes of training at most; its BLEU, and how fast it translates."""
    data = os.path.join(HERE, "multi30k")
    if not os.path.isdir(data):
        return {"skipped": "no Multi30k in this bundle"}
    pairs = {side: {"source": f"{data}/{name}.en", "target": f"{data}/{name}.de"}
             for side, name in (("train", "train"), ("validation", "val"), ("test", "test_2016_flickr"))}
    run_directory = os.path.join(out, "multi30k")
    config = {
        "run": {"directory": run_directory, "device": "cuda"}, "data": {**pairs, "cache_directory": f"{out}/cache"},
        "tokenizer": {"type": "bpe", "vocab_size": 8000, "shared": True},
        "model": {"d_model": 256, "d_ff": 1024, "num_heads": 4, "num_encoder_layers": 3, "num_decoder_layers": 3, "dropout": 0.2},
        "optimizer": {"learning_rate": 0.0015}, "schedule": {"type": "linear", "warmup_steps": 300, "decay_start_step": 2000},
        "train": {"max_steps": 5000, "max_minutes": 3, "ema": 0.999, "batch_tokens": 2048, "validate_every": 1000,
                  "save_every": 5000}}
    path = os.path.join(out, "multi30k.yaml")
    with open(path, "w") as file:
        json.dump(config, file)
    start = time.monotonic()
    run(HEED, "train", path, "--quiet", seconds=240)
    found = {"train_seconds": round(time.monotonic() - start, 1)}
    with open(os.path.join(run_directory, "train.log")) as log:
        lines = log.read().splitlines()
    found["tokens_per_second"] = [match[1] for line in lines if (match := re.search(r"([\d.,]+[kM]?) tokens/s", line))][-5:]
    found["best"] = lines[-1].split(" ", 2)[-1].split("; next")[0]
    found.update(translated(out, run_directory, pairs["test"]))
    return found


def translated(out, run_directory, test, copies=20):
    """BLEU and sentences a second, beside Hugging Face's generate() with the same model; without either's start."""
    many, one, found = os.path.join(out, "many.en"), os.path.join(out, "one.en"), {}
    with open(test["source"]) as file:
        lines = file.read().splitlines()
    for path, text in ((many, lines * copies), (one, lines[:1])):
        with open(path, "w") as file:
            file.write("\n".join(text) + "\n")
    exported = os.path.join(out, "huggingface")
    run(HEED, "export", run_directory, "--format", "huggingface", "-o", exported, "--quiet", seconds=60)

    def seconds_for(source, beam, batch_tokens):
        if os.path.exists(source + ".de"):
            os.remove(source + ".de")
        start = time.monotonic()
        run(HEED, "translate", run_directory, "-i", source, "-o", source + ".de", f"--decode.beam_size={beam}",
            f"--decode.batch_tokens={batch_tokens}", "--quiet", "--device", "cuda", seconds=100)
        return time.monotonic() - start

    for beam in (1, 5):
        start = seconds_for(one, beam, 4096)
        rates = {size: len(lines) * copies / (seconds_for(many, beam, size) - start) for size in (65536, 16384, 4096)}
        with open(many + ".de") as file:
            output = file.read().splitlines()
        with open(one + ".de", "w") as file:
            file.write("\n".join(output[:len(lines)]) + "\n")
        bleu = run(HEED, "evaluate", "--hypothesis", one + ".de", "--reference", test["target"], seconds=60)
        theirs = huggingface(exported, lines, beam)
        found[f"beam_{beam}"] = {"bleu": re.search(r"BLEU = ([\d.]+)", bleu)[1], "start_seconds": round(start, 2),
                                 "sentences_per_second_by_batch_tokens": {size: round(rate) for size, rate in rates.items()},
                                 "huggingface": theirs,
                                 "ratio": round(rates[4096] / theirs["sentences_per_second"], 2) if theirs else None}
    return found


def profile_translate(out):
    """Of a step of a beam search over 400 sentences, with the model that the stage multi30k has trained."""
    run_directory = os.path.join(out, "multi30k")
    if not os.path.isdir(run_directory):
        return {"skipped": "the stage multi30k has trained no model"}
    trace, source = os.path.join(out, "trace_translate.json"), os.path.join(out, "some.en")
    with open(os.path.join(HERE, "multi30k", "test_2016_flickr.en")) as file, open(source, "w") as some:
        some.writelines(file.readlines()[:400])
    window = json.loads(run(os.path.join(BUNDLE, "translate_window"), run_directory, "-i", source, "--device", "cuda", "--quiet",
                            "--decode.batch_tokens=65536", "--profile", trace, seconds=100).splitlines()[-1])
    step = counted(trace, lambda names: sum("BestTokens" in name or "best_tokens" in name for name in names))
    return {"sentences_per_second": round(window["lines"] / window["seconds"]), **step}


def huggingface(directory, lines, beam):
    """The best of a few batch sizes, in bf16, each warmed up, cut where Heed cuts; nothing where there is no transformers."""
    program = """
import sys, time, torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
directory, beam = sys.argv[1], int(sys.argv[2])
lines = sorted(sys.stdin.read().splitlines(), key=len)
tokenizer = AutoTokenizer.from_pretrained(directory)
model = AutoModelForSeq2SeqLM.from_pretrained(directory, dtype=torch.bfloat16).cuda().eval()
def translate(lines, size):
    for first in range(0, len(lines), size):
        batch = tokenizer(lines[first:first + size], return_tensors="pt", padding=True).to("cuda")
        with torch.inference_mode():
            output = model.generate(**batch, num_beams=beam, early_stopping=beam > 1,
                                    max_new_tokens=10 + 3 * batch["input_ids"].shape[1])
        tokenizer.batch_decode(output, skip_special_tokens=True)
for size in (500, 125):
    translate(lines, size)
    start = time.perf_counter()
    translate(lines, size)
    print(size, len(lines) / (time.perf_counter() - start), flush=True)
"""
    try:
        done = subprocess.run([sys.executable, "-c", program, directory, str(beam)], input="\n".join(lines), text=True,
                              capture_output=True, timeout=60)
        output, errors = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:  # what it has measured counts
        output, errors = ((part or b"").decode() for part in (late.stdout, late.stderr))
    rates = [(float(rate), int(size)) for size, rate in (line.split() for line in output.splitlines())]
    if not rates:
        print(errors[-600:], file=sys.stderr)
        return None
    return {"sentences_per_second": round(max(rates)[0]), "batch": max(rates)[1]}


STAGES = [machine, tests, speed_small, profile_small, speed_base, profile_base, repeat, speed_small_large_batch, speed_recurrent,
          profile_recurrent, multi30k, profile_translate, sanitizer]


def main():
    names = {stage.__name__: stage for stage in STAGES}
    if sys.argv[1:] == ["--list"]:
        return print("\n".join(names))
    if len(sys.argv) < 2 or any(name not in names for name in sys.argv[2:]):
        sys.exit("usage: gpu_check.sh OUT [STAGE...]; stages: " + " ".join(names))
    if not os.path.exists(HEED):
        print(f"gpu_check: {BUNDLE} is no bundle: make one with scripts/gpu_bundle.sh", file=sys.stderr)
        sys.exit(2)
    if not shutil.which("nvidia-smi") or subprocess.run(["nvidia-smi", "-L"], capture_output=True).stdout.strip() == b"":
        print("gpu_check: no NVIDIA GPU on this machine; there is nothing to check here", file=sys.stderr)
        sys.exit(2)
    out = os.path.abspath(sys.argv[1])
    os.makedirs(out, exist_ok=True)
    failures = 0
    for name in sys.argv[2:] or names:
        start = time.monotonic()
        try:
            line = {"stage": name, "passed": True, "found": names[name](out)}
        except (Failed, OSError, ValueError, KeyError, TypeError) as error:
            line = {"stage": name, "passed": False, "error": f"{type(error).__name__}: {error}"}
            failures += 1
        line["seconds"] = round(time.monotonic() - start, 1)
        text = json.dumps(line)
        with open(os.path.join(out, "report.jsonl"), "a") as report:
            print(text, file=report)
        print(text[:2500], flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
