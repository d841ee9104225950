#!/usr/bin/env python3
"""`heed train` at a real terminal (a pty): what a person sees, and what Ctrl-C does in each phase of a run.

    terminal_session.py HEED [--columns N] [--limits] [--show]

Checks that no line is wider than the terminal, that Ctrl-C is answered in every phase, that a run which has not begun
leaves nothing behind and one that has is saved. Prints for each scene when the first line came, the longest silence and
how long the answer took. --limits also holds these to 2, 5 and 1 seconds (on an idle machine); --show prints what was
seen last. Exit code 1 with a line for each failure.
"""
import argparse, fcntl, os, pty, random, re, select, shutil, signal, struct, sys, tempfile, termios, time
from pathlib import Path

FIRST_LINE, SILENCE, ANSWER = 2.0, 5.0, 1.0  # seconds, with --limits


class Session:
    """A process at a terminal; everything it writes, with the time of each piece."""

    def __init__(self, command, columns):
        self.start, self.pieces, self.columns = time.monotonic(), [], columns
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(command[0], command)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self, seconds):
        """What came within that time at most; None at the end."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return b""
        try:
            piece = os.read(self.terminal, 1 << 16)
        except OSError:
            return None
        if not piece:
            return None
        self.pieces.append((time.monotonic() - self.start, piece))
        return piece

    def text(self):
        return b"".join(piece for _, piece in self.pieces).decode("utf-8", "replace")

    def wait_for(self, pattern, seconds=300, since=0):
        """The time at which `pattern` was first seen behind the first `since` characters."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(pattern, self.text()[since:]):
                return self.pieces[-1][0]
            if self.read(0.05) is None:
                break
        if re.search(pattern, self.text()[since:]):
            return self.pieces[-1][0]
        return None

    def finish(self, seconds=600):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read(1) is not None:
            pass
        if time.monotonic() >= end:
            os.kill(self.pid, signal.SIGKILL)
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.terminal)
        self.ended = time.monotonic() - self.start
        return os.waitstatus_to_exitcode(status)

    def longest_silence(self):
        times = [0.0] + [at for at, _ in self.pieces] + [self.ended]
        return max(b - a for a, b in zip(times, times[1:]))

    def rows(self):
        """The rows that were ever on the screen, by carriage returns, line feeds and wiped lines."""
        return [row for row in re.split(r"\r\n|\r|\n", self.text().replace("\x1b[K", "")) if row]

    def live_rows(self):
        """Those that were drawn to be drawn over, without the terminal's own echo of Ctrl-C."""
        return [row.removesuffix("^C") for row in re.findall(r"\r\x1b\[K([^\r\n]+)(?=\r\x1b)", self.text())]


def corpus(directory, lines, validation):
    """Made-up words, more of them than any vocabulary: its training and tokenising take a while."""
    draw = random.Random(7)
    syllables = [a + b for a in "bdfghklmnprstvz" for b in "aeiou"]
    words = ["".join(draw.choices(syllables, k=draw.randint(1, 6))) for _ in range(60000)]
    for name, count in [("train", lines), ("validation", validation)]:
        with open(directory / f"{name}.source", "w") as source, open(directory / f"{name}.target", "w") as target:
            for _ in range(count):
                sentence = draw.choices(words, k=draw.randint(8, 20))
                print(*sentence, file=source)
                print(*reversed(sentence), file=target)


class Scenes:
    def __init__(self, options, directory):
        self.options, self.directory, self.failures = options, directory, []

    def require(self, holds, message):
        if not holds:
            self.failures.append(message)

    def config(self, name, **keys):
        path = self.directory / f"{name}.yaml"
        path.write_text(f"""run: {{directory: {self.directory}/runs/{name}}}
data:
  train: {{source: {self.directory}/train.source, target: {self.directory}/train.target}}
  validation: {{source: {self.directory}/validation.source, target: {self.directory}/validation.target}}
  cache_directory: {self.directory}/cache-{name}
tokenizer: {{type: {keys.get("type", "char")}, vocab_size: 8000{keys.get("tokenizer", "")}}}
model: {{d_model: 64, d_ff: 128, num_heads: 4, num_encoder_layers: 2, num_decoder_layers: 2}}
train: {{max_steps: {keys.get("max_steps", 100000)}, batch_tokens: 2048, validate_every: {keys.get("validate_every", 1000)},
        save_every: 0, log_every: 10}}
decode: {{max_length: 128, batch_tokens: 1024}}
""")
        return path

    def check(self, name, session):
        widest = max(map(len, session.live_rows()), default=0)
        self.require(widest < self.options.columns, f"{name}: a live line of {widest} columns on a terminal of {self.options.columns}")
        first = session.pieces[0][0]
        silence = session.longest_silence()
        print(f"{name}: first line after {first:.2f} s, longest silence {silence:.2f} s", end="")
        if self.options.limits:
            self.require(first <= FIRST_LINE, f"{name}: the first line came after {first:.2f} s")
            self.require(silence <= SILENCE, f"{name}: {silence:.2f} s of silence")

    def interrupted(self, name, seen, code, saved, **keys):
        """Ctrl-C once `seen` is on the screen."""
        run = self.directory / "runs" / name
        session = Session([self.options.heed, "train", str(self.config(name, **keys))], self.options.columns)
        appeared = session.wait_for(seen)
        self.require(appeared is not None, f"{name}: never saw '{seen}':\n{session.text()[-2000:]}")
        before, pressed = len(session.text()), time.monotonic() - session.start
        os.write(session.terminal, b"\x03")
        answered = session.wait_for("Ctrl-C: ", since=before)
        ended = session.finish()
        self.require(answered is not None, f"{name}: Ctrl-C was not answered")
        self.require(ended == code, f"{name}: exit code {ended}, expected {code}")
        self.require((run / "latest").exists() == saved, f"{name}: saved: {not saved}, expected {saved}")
        self.require(saved or not run.exists(), f"{name}: the run directory of a run that never began is left")
        self.check(name, session)
        if answered is not None:
            print(f"; Ctrl-C answered after {answered - pressed:.2f} s, ended after {session.ended - pressed:.2f} s", end="")
            if self.options.limits:
                self.require(answered - pressed <= ANSWER, f"{name}: the answer took {answered - pressed:.2f} s")
        print()
        self.show(session)
        return session

    def whole(self):
        name = "whole"
        config = self.config(name, max_steps=40, validate_every=20)
        session = Session([self.options.heed, "train", str(config)], self.options.columns)
        code = session.finish()
        self.require(code == 0, f"{name}: exit code {code}")
        for part in ["100% of steps", r"validating [\d,]+/[\d,]+ lines", r"best: step \d+ \(.*; next: .*translate "]:
            self.require(re.search(part, session.text()), f"{name}: never saw '{part}'")
        self.check(name, session)
        print(f"; {session.ended:.1f} s in all")
        self.show(session)

    def show(self, session):
        if self.options.show:
            print("\n".join("    | " + row for row in session.rows()[-12:]))

    def all(self):
        self.whole()
        self.interrupted("vocabulary", "training the bpe vocabulary", 130, False, type="bpe")
        model = self.directory / "runs/updates"
        self.interrupted("updates", r"step \d+/100,000", 0, True)
        given = f", source_model: {next(model.glob('checkpoints/*/tokenizer.model'))}"
        self.interrupted("tokenising", "tokenising train", 130, False, tokenizer=given)
        session = self.interrupted("validation", "validating", 0, True, validate_every=5)
        self.require("abandoned" in session.text(), "validation: not said to be abandoned")
        self.require("--resume" in session.text(), "validation: the command that goes on is not named")


def main():
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # heed inherits it, and a shell's background has it ignored
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heed")
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("--lines", type=int, default=60000)
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    options.heed = os.path.abspath(options.heed)
    directory = Path(tempfile.mkdtemp(prefix="heed-terminal-"))
    try:
        corpus(directory, options.lines, 1500)
        scenes = Scenes(options, directory)
        scenes.all()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    for failure in scenes.failures:
        print(failure, file=sys.stderr)
    return 1 if scenes.failures else 0


if __name__ == "__main__":
    sys.exit(main())
