#!/usr/bin/env python3
"""What scripts/gpu_check.sh and gpu_report.py say where there is no GPU: the refusals, and the table of a recorded report.

  gpu_check.py SCRIPTS RECORDED          the folder of the scripts; a report.jsonl that a GPU machine wrote
"""
import os
import shutil
import subprocess
import sys
import tempfile

scripts, recorded = sys.argv[1:]
failures = []


def expect(what, condition, found):
    if not condition:
        failures.append(f"{what}: found {found}")


def run(*command, **options):
    return subprocess.run(command, text=True, capture_output=True, **options)


def refused(what, word, done):
    one_line = done.stderr.count("\n") == 1 and not done.stdout
    expect(what, done.returncode == 2 and one_line and word in done.stderr, (done.returncode, done.stdout, done.stderr))


with tempfile.TemporaryDirectory() as work:
    refused("the sources are no bundle", "is no bundle", run(f"{scripts}/gpu_check.sh", f"{work}/out"))

    os.makedirs(f"{work}/bundle/check")
    for name in ("gpu_check.sh", "gpu_check.py"):
        shutil.copy(f"{scripts}/{name}", f"{work}/bundle/check")
    open(f"{work}/bundle/heed", "w").close()
    os.makedirs(f"{work}/bin")  # no nvidia-smi in the path
    for name in ("bash", "python3", "dirname"):
        os.symlink(shutil.which(name), f"{work}/bin/{name}")
    no_gpu = run(f"{work}/bundle/check/gpu_check.sh", f"{work}/out", env={"PATH": f"{work}/bin"})
    refused("a machine without a GPU", "no NVIDIA GPU", no_gpu)
    expect("nothing is written there", not os.path.exists(f"{work}/out"), os.listdir(work))

    listed = run(f"{work}/bundle/check/gpu_check.sh", "--list")
    expect("--list", {"machine", "tests", "repeat", "multi30k"} <= set(listed.stdout.split()), listed.stdout)
    unknown = run(f"{work}/bundle/check/gpu_check.sh", f"{work}/out", "no_stage")
    expect("an unknown stage", unknown.returncode == 1 and "stages: machine" in unknown.stderr, unknown.stderr)

    table = run(sys.executable, f"{scripts}/gpu_report.py", recorded)
    expect("a recorded report", table.returncode == 0, table.stderr)
    for text in ("NVIDIA H100 80GB HBM3", "51 passed, 1 skipped", "1,722,964 target tokens/s, 9.45 times eager PyTorch",
                 "10 of 10 kinds of model and precision end in the same bytes", "2.29 ms, 2.04 ms of it in 348 kernels",
                 "202,793 target tokens/s, 1.83 times eager PyTorch", "19.80 ms, 3.57 ms of it in 889 kernels",
                 "| a step of a beam search | 0.26 ms in 57 kernels; 3,640 sentences/s |",
                 "39.10 BLEU, 6,402 sentences/s in batches of 65536 pieces, 6,432 sentences/s in batches of 16384 pieces, "
                 "4,175 sentences/s in batches of 4096 pieces; the last is 2.27 times Hugging Face (1,842)"):
        expect("the table", text in table.stdout, table.stdout)

    with open(recorded) as file:
        lines = file.read().splitlines()
    for what, text, word in (("a line cut short", lines[0][:50], "report.jsonl:1"), ("a line of something else", "[1, 2]", "report.jsonl:1"),
                             ("a stage without its numbers", '{"stage": "speed_small", "passed": true, "found": {}}', "speed_small")):
        with open(f"{work}/report.jsonl", "w") as file:
            file.write(text + "\n")
        done = run(sys.executable, f"{scripts}/gpu_report.py", f"{work}/report.jsonl")
        expect(what, done.returncode == 1 and word in done.stderr and done.stderr.count("\n") == 1, (done.returncode, done.stderr))
    with open(f"{work}/report.jsonl", "w") as file:
        file.write('{"stage": "tests", "passed": false, "error": "Failed: 3 passed", "seconds": 1}\n')
    failed = run(sys.executable, f"{scripts}/gpu_report.py", f"{work}/report.jsonl")
    expect("a failed stage", "FAILED: Failed: 3 passed" in failed.stdout, failed.stdout)

print("\n".join(failures) or "all as expected")
sys.exit(1 if failures else 0)
