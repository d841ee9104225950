#!/usr/bin/env python3
"""TensorBoard reads Heed's event files, and forgets the points that a resumed run has computed again.

usage: tensorboard_reads.py TENSORBOARD_WRITE
"""
import subprocess
import sys
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.plugins.text.text_plugin import text_array_to_html
from tensorboard.util import tensor_util

# What tensorboard_write.cpp trains: steps 10 to 40 with a loss of 1000 + step, then, from step 20, of step.
EXPECTED = {
    "train/loss": [(10, 1010.0), (20, 1020.0), (30, 30.0), (40, 40.0), (50, 50.0), (60, 60.0)],
    "validation/loss": [(20, 2000.0), (40, 0.0), (60, 0.0)],
    "validation/perplexity": [(20, 3.0), (40, 3.0), (60, 3.0)],
    "validation/bleu": [(20, 10.0), (40, 20.0), (60, 30.0)],
}
EXPECTED.update({f"train/{name}": [(step, value) for step in range(10, 61, 10)] for name, value in
                 {"perplexity": 2.0, "learning_rate": 0.001, "gradient_norm": 0.5, "tokens_per_second": 8000.0}.items()})


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: expected {expected}, found {found}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([sys.argv[1], directory], check=True)
        events = EventAccumulator(directory)
        events.Reload()
    check("scalar tags", sorted(events.Tags()["scalars"]), sorted(EXPECTED))
    for tag, points in EXPECTED.items():
        check(tag, [(event.step, round(event.value, 6)) for event in events.Scalars(tag)], points)
    samples = events.Tensors("validation/samples")
    check("steps of validation/samples", [event.step for event in samples][-2:], [40, 60])
    check("plugin", events.SummaryMetadata("validation/samples").plugin_data.plugin_name, "text")
    html = text_array_to_html(tensor_util.make_ndarray(samples[-1].tensor_proto), enable_markdown=True)
    for shown in ("&lt;unk&gt; &amp; *two* cats", "zwei Kätzchen", "<strong>source</strong>"):
        check(f"{shown!r} in {html!r}", shown in html, True)
    golden = Event(wall_time=2, step=300, session_log=SessionLog(status=SessionLog.START)).SerializeToString().hex()
    print("session start:", golden)  # tests/cli/tensorboard_test.cpp holds Heed to it
    print(f"TensorBoard reads {sum(map(len, EXPECTED.values()))} points of {len(EXPECTED)} scalars, and the samples")


if __name__ == "__main__":
    main()
