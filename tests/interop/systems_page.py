#!/usr/bin/env python3
"""The page of `heed evaluate --html`: it holds every text and score as they are, and works in a real browser.

usage: systems_page.py HEED [BROWSER [SCREENSHOT_DIRECTORY]]

Without BROWSER (a chromium) the page is only parsed.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from browser import Browser, PageParser, check

METRICS = ("bleu", "chrf", "ter")
SPACES = " \t\v\f\r\x85\u2028\u2029"
ATTACKS = ["</script><script>window.escaped = 1</script>", "<img src=x onerror='window.escaped = 2'>", "<!-- <script> -->",
           "\"quoted\" 'words' \\ \\u003c &amp; &lt;b&gt;", "\x01 control \x1f characters \x7f \x85 here", "a\u2028b\u2029c \ufeff x",
           "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "\U0001f600 \U0010ffff \uffff e\u0301",
           "   wide    spaces\tand tabs  ", "我爱自然语言处理。", "すべての人間は 自由である", ""]
ROWS = """[...document.querySelectorAll("#lines > tr")].map(row => ({
  line: +row.cells[0].textContent.replaceAll(",", ""),
  texts: [...row.querySelectorAll(":scope > td > div")].map(cell => cell.querySelector(":scope > i") ? "" : cell.textContent),
  marks: [...row.querySelectorAll(":scope > td > div")].map(cell => [...cell.childNodes].filter(n => n.nodeName !== "I").map(
      node => [node.className ?? "", node.textContent])),
  scores: [...row.querySelectorAll("table tr")].map(one => [...one.cells].map(cell => cell.textContent)),
}))"""


def perturbed(line, rng, most):
    words = line.split(" ")
    for _ in range(rng.randrange(most)):
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        kind = rng.randrange(3)
        if kind == 0:
            words[i] = words[j]
        elif kind == 1 and len(words) > 1:
            del words[i]
        else:
            words[i], words[j] = words[j], words[i]
    return " ".join(words)


def write_corpus(folder, lines):
    """A reference and three systems; the first lines are what could break out of a page."""
    rng = random.Random(5)
    vocabulary = [f"word{i}" for i in range(300)]
    reference = ATTACKS + [" ".join(rng.choices(vocabulary, k=rng.randrange(3, 20))) for _ in range(lines - len(ATTACKS))]
    texts = {"reference": reference}
    for name, most in (("a <b>", 4), ("b", 5), ("c", 9)):
        texts[name] = [perturbed(line, rng, most) for line in reference]
    texts["b"][3:6] = ATTACKS[:3]
    for name, text in texts.items():
        (folder / name).write_text("".join(line + "\n" for line in text), encoding="utf-8")
    return texts


def evaluate(heed, folder, systems, *more):
    command = [heed, "evaluate", "--quiet", "--metrics", ",".join(METRICS), "--samples", "100", "--reference", "reference",
               "--html", "page.html", "--per-sentence", "lines.tsv", *more]
    for system in systems:
        command += ["--hypothesis", system]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    rows = [line.split("\t")[1:] for line in (folder / "lines.tsv").read_text().splitlines()[1:]]
    scores = [[[float(row[s * len(METRICS) + m]) for m in range(len(METRICS))] for s in range(len(systems))] for row in rows]
    return done.stdout, scores


def check_data(folder, systems, texts, scores):
    parsed = PageParser((folder / "page.html").read_text(encoding="utf-8"))
    data = json.loads(parsed.data)
    check("references to the outside", parsed.references, [])
    check("systems", data["systems"], list(systems))
    check("lines", len(data["lines"]), len(texts["reference"]))
    for i, line in enumerate(data["lines"]):
        shown = ["".join(tokens) for tokens in line["r"] + line["t"]]
        check(f"texts of line {i + 1}", shown, [texts[name][i].rstrip(SPACES) for name in ("reference", *systems)])
        check(f"scores of line {i + 1}", line["s"], [score for system in scores[i] for score in system])


def tokens(text):
    """As the page compares them: words, Han and kana by the character. Written for what this test holds."""
    words, open_word = [], False
    for c in text:
        alone = "\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff"
        if c in SPACES:
            open_word = False
            continue
        if open_word and not alone:
            words[-1] += c
        else:
            words.append(c)
        open_word = not alone
    return words


def common(a, b):
    """The length of their longest common subsequence."""
    before = [0] * (len(b) + 1)
    for x in a:
        row = [0]
        for j, y in enumerate(b):
            row.append(before[j] + 1 if x == y else max(row[j], before[j + 1]))
        before = row
    return before[-1]


def check_marks(row):
    """Words are marked so that what is left of both texts is a longest common subsequence."""
    what = f"line {row['line']}"
    counts = [{} for _ in row["marks"]]
    for marks, count in zip(row["marks"], counts):
        for kind, text in marks:
            count[kind] = count.get(kind, 0) + len(tokens(text))
    reference, *systems = [tokens(text) for text in row["texts"]]
    get = lambda column, *kinds: sum(counts[column].get(kind, 0) for kind in kinds)
    if len(systems) == 1:
        check(f"{what}: words as in the reference", (get(0, ""), get(1, "")), (common(reference, systems[0]),) * 2)
        return
    for column, words in enumerate(systems, 1):
        check(f"{what}, column {column}: words as in the reference", get(column, "", "right"), common(reference, words))
        check(f"{what}, column {column}: words as in the other", get(column, "", "shared"), common(*systems))
    found = [common(reference, words) for words in systems]
    check(f"{what}: words of the reference that are found", 2 * get(0, "") + get(0, "half"), sum(found))
    check(f"{what}: words of the reference", get(0, "", "half", "missed"), len(reference))


def choose(browser, name, value):
    browser.value(f"document.querySelector('input[name={name}][value=\"{value}\"]').click()")


def expected_order(scores, metric, order, pair):
    sign = (1 if order == "worse" else -1) * (-1 if METRICS[metric] == "ter" else 1)
    value = lambda i: scores[i][pair[1]][metric] - (scores[i][pair[0]][metric] if pair[0] != pair[1] else 0)
    return sorted(range(len(scores)), key=lambda i: (round(sign * value(i), 9), i))


def check_rows(browser, texts, names, what):
    rows = browser.value(ROWS)
    for row in rows:
        check(f"{what}: texts of line {row['line']}", row["texts"], [texts[name][row["line"] - 1].rstrip(SPACES) for name in names])
        check_marks(row)
    return rows


def check_sorting(browser, texts, scores, systems, pair):
    names = ["reference", *([systems[pair[0]]] if pair[0] != pair[1] else []), systems[pair[1]]]
    for metric in range(len(METRICS)):
        for order in ("worse", "better"):
            choose(browser, "by", metric)
            choose(browser, "order", order)
            rows = browser.value(ROWS)
            what = f"{names} by {METRICS[metric]}, {order} first"
            keys = lambda lines: [scores[i][pair[1]][metric] - (scores[i][pair[0]][metric] if pair[0] != pair[1] else 0)
                                  for i in lines]
            found, expected = keys(row["line"] - 1 for row in rows), keys(expected_order(scores, metric, order, pair))
            if any(abs(a - b) > 1e-9 for a, b in zip(found, expected)) or not found:
                sys.exit(f"{what}: found differences {found[:5]}, expected {expected[:5]}")
            check(f"{what}: printed score", rows[0]["scores"][metric][len(names) - 1],
                  f"{scores[rows[0]['line'] - 1][pair[1]][metric]:.2f}")
    choose(browser, "by", "line")
    rows = check_rows(browser, texts, names, "in order")
    check("lines in order", [row["line"] for row in rows], list(range(1, len(rows) + 1)))
    return rows


def check_nothing_escapes(browser):
    check("what texts have done", browser.value("[window.escaped ?? 0, document.scripts.length, document.images.length]"), [0, 2, 0])
    check("the name of the baseline", browser.value("document.querySelector('.scores tbody th').textContent"), "a <b> (baseline)")


def check_filter(browser, texts, scores):
    browser.value("document.getElementById('filter').focus()")
    browser.type("WORD17 ")
    browser.value("new Promise(done => setTimeout(done, 400))")
    wanted = [i for i in range(len(scores)) if any("word17 " in texts[name][i].rstrip(SPACES) for name in ("reference", "a <b>", "b"))]
    check("lines with word17", [row["line"] - 1 for row in browser.value(ROWS)], wanted[:200])
    check("their number", browser.value("document.getElementById('count').textContent"), f"{len(wanted):,} of {len(scores):,} lines")
    browser.value("(filter => { filter.value = ''; filter.dispatchEvent(new Event('input')); })(document.getElementById('filter'))")
    browser.value("new Promise(done => setTimeout(done, 400))")


def check_scrolling(browser, lines):
    count = "document.querySelectorAll('#lines > tr').length"
    first = browser.value(count)
    check("rows at first, few enough", first in range(1, min(lines, 600) + 1), True)
    if lines > 1000:
        browser.value("new Promise(done => { scrollTo(0, document.body.scrollHeight); setTimeout(done, 500); })")
        check("more rows where they are scrolled to", browser.value(count) > first, True)
    browser.value("(() => { const more = document.getElementById('more'); while (!more.hidden) more.click(); })()")
    check("all rows in the end", browser.value(count), lines)


def check_looks(browser, page, directory):
    for width in (400, 1600):
        for scheme in ("light", "dark"):
            browser.show(width, scheme)
            browser.open(page)
            check(f"wider than {width} pixels", browser.value("document.documentElement.scrollWidth > innerWidth"), False)
            contrasts = browser.value("""(() => {
              const luminance = colour => {
                const context = new OffscreenCanvas(1, 1).getContext("2d");
                context.fillStyle = colour;
                context.fillRect(0, 0, 1, 1);
                const linear = [...context.getImageData(0, 0, 1, 1).data].map(c => c / 255).map(
                    c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
              };
              const paper = luminance(getComputedStyle(document.body).backgroundColor);
              return ["right", "wrong", "shared", "half", "missed"].map(kind => document.querySelector("mark." + kind)).map(e => {
                const style = getComputedStyle(e);
                const under = style.backgroundColor === "rgba(0, 0, 0, 0)" ? paper : luminance(style.backgroundColor);
                const both = [luminance(style.color), under].sort((a, b) => a - b);
                return (both[1] + 0.05) / (both[0] + 0.05);
              });
            })()""")
            check(f"marked words of low contrast, {scheme}", [c for c in contrasts if c < 4.5], [])
            if directory:
                browser.picture(directory / f"systems-{width}-{scheme}.png")
    browser.show(1600, "light")


def select(browser, column, value):
    browser.value(f"(s => {{ s.value = {value}; s.dispatchEvent(new Event('change')); }})(document.getElementById('{column}'))")


def open_page(heed, browser, folder, lines, systems, *more):
    texts = write_corpus(folder, lines)
    scores = evaluate(heed, folder, systems, *more)[1]
    browser.open(folder / "page.html")
    return texts, scores


def check_in_browser(heed, browser, folder, pictures):
    browser.show(1600, "light")
    two, three = ("a <b>", "b"), ("a <b>", "b", "c")
    texts, scores = open_page(heed, browser, folder, 150, two)
    check_nothing_escapes(browser)
    check_sorting(browser, texts, scores, two, (0, 1))
    check_filter(browser, texts, scores)
    check_scrolling(browser, 150)
    check_nothing_escapes(browser)
    check_looks(browser, folder / "page.html", pictures)

    texts, scores = open_page(heed, browser, folder, 60, three)
    check_sorting(browser, texts, scores, three, (0, 1))
    select(browser, "baseline", 2)
    select(browser, "system", 0)
    check_sorting(browser, texts, scores, three, (2, 0))

    texts, scores = open_page(heed, browser, folder, 80, ("b",), "--confidence")
    check_sorting(browser, texts, scores, ("b",), (0, 0))

    texts, scores = open_page(heed, browser, folder, 10000, two, "--confidence")
    choose(browser, "by", "line")
    check_filter(browser, texts, scores)
    check_scrolling(browser, 10000)
    browser.close()
    print("lines are sorted, filtered, marked and shown as they are wanted, and no text gets out")


def main():
    heed, browser, pictures = (sys.argv[1:] + [None, None])[:3]
    heed = pathlib.Path(heed).resolve()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = pathlib.Path(scratch) / "texts"
        folder.mkdir()
        systems = ("a <b>", "b", "c")
        texts = write_corpus(folder, 60)
        table, scores = evaluate(heed, folder, systems)
        check_data(folder, systems, texts, scores)
        print(f"{table}{len(scores)} lines of the page hold what the files do")
        if browser:
            check_in_browser(heed, Browser(browser, f"{scratch}/profile"), folder, pictures and pathlib.Path(pictures))


if __name__ == "__main__":
    main()
