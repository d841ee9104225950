#!/usr/bin/env python3
"""What report draws: every SVG is well-formed XML, the JSON is JSON, and the page works in a real browser.

usage: attention_page.py ATTENTION_PAGE_WRITE [BROWSER [SCREENSHOT_DIRECTORY]]

Without BROWSER (a chromium) only the files are parsed.
"""
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

from browser import Browser, PageParser, check

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = (400, 1600)
CHOICES = (("cross", 2, 1, "words"), ("cross", 2, 3, "words"), ("cross", 1, "average", "pieces"),
           ("cross", "average", "average", "words"), ("decoder_self", 3, 2, "words"), ("encoder_self", 1, 4, "pieces"))


def parsed_pictures(directory):
    """Every SVG as XML, with what its cells are called."""
    pictures = {path.name: xml.parse(path).getroot() for path in sorted(directory.glob("*.svg"))}
    for name, root in pictures.items():
        check(name, root.tag, SVG + "svg")
    cells = {name: [title for rect in root.iter(SVG + "rect") if (title := rect.findtext(SVG + "title"))]
             for name, root in pictures.items()}
    check("cells of 5-words.svg", len(cells["5-words.svg"]), 6 * 6)
    check("a label of 5-words.svg", cells["5-words.svg"][1].split(": ")[0], "Ein \u2192 <dog>")
    check("a label of 5-pieces.svg", cells["5-pieces.svg"][4].split(": ")[0], "\u2581Ein \u2192 \u2581chil")
    check("cells of 60-words.svg", len(cells["60-words.svg"]), 61 * 61)
    check("cells of models-8.svg", len(cells["models-8.svg"]), 8 * 9 * 9)
    return pictures


def groups(axis, words):
    """The positions of each token shown, written anew and not as the page has it."""
    if not words:
        return [[i] for i in range(len(axis["tokens"]))]
    keys = [("word", word) if word >= 0 else ("alone", i) for i, word in enumerate(axis["words"])]
    return [[i for i, other in enumerate(keys) if other == key] for key in dict.fromkeys(keys)]


def expected_cell(view, kind, layer, head, words, row, column):
    """(row label, column label, weight) from the full numbers, merged and averaged here."""
    rows = view["source" if kind == "encoder_self" else "target"]
    columns = view["target_input" if kind == "decoder_self" else "source"]
    queries, keys = groups(rows, words)[row], groups(columns, words)[column]
    maps = [m["weights"] for m in view["maps"] if m["kind"] == kind and layer in ("average", m["layer"])
            and head in ("average", m["head"])]
    weight = sum(m[q][k] for m in maps for q in queries for k in keys) / len(queries) / len(maps)
    label = lambda axis, group: "".join(axis["tokens"][i] for i in group).replace("\u2581", "" if words else "\u2581")
    return label(rows, queries), label(columns, keys), weight


def check_data(directory, words):
    view = json.loads((directory / f"{words}.json").read_text())
    page = PageParser((directory / f"{words}.html").read_text())
    shown = json.loads(page.data)
    check("references to the outside", page.references, [])
    check("sentences of the page", [shown["source"], shown["target"]], [view["source"], view["target"]])
    for whole, rounded in zip(view["maps"], shown["maps"], strict=True):
        for a, b in zip(whole["weights"], rounded["weights"], strict=True):
            off = [x for x, y in zip(a, b, strict=True) if abs(x - y) > 5.1e-5]
            check("weights off by more than the rounding", off, [])
    return view


def choose(browser, **choices):
    for name, value in choices.items():
        selector = json.dumps(f'input[name={name}][value="{value}"]')
        browser.value(f"document.querySelector({selector}).click()")


def hover(browser, row, column, section=""):
    """What the tip says of a cell under the pointer, and whether it lies inside the window."""
    place = browser.value(f"""(() => {{
      const cell = document.getElementById("box{section}").querySelector("tbody").rows[{row}].cells[{column + 1}];
      cell.scrollIntoView({{block: "center", inline: "center"}});
      const at = cell.getBoundingClientRect();
      return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
          () => done([at.left + at.width / 2, at.top + at.height / 2]))));
    }})()""")
    browser.pointer(1, 1)
    browser.pointer(*place)
    return browser.value(f"""(() => {{
      const tip = document.getElementById("tip{section}"), at = tip.getBoundingClientRect();
      if (at.left < 0 || at.top < 0 || at.right > innerWidth || at.bottom > innerHeight) return "outside the window";
      return [...tip.children].map(part => part.textContent);
    }})()""")


def check_tip(what, found, expected):
    check(what, found[:2], list(expected[:2]))
    if not (len(found) == 3 and abs(float(found[2]) - expected[2]) < 6e-4):
        sys.exit(f"{what}: expected the weight {expected[2]:.4f}, found {found}")


def check_no_overflow(browser, what):
    overflowing = browser.value("""(() => {
      const wide = [...document.querySelectorAll("body *")].filter(e => !e.closest("table") && e.id !== "data" &&
          e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.id || e.tagName);
      return document.documentElement.scrollWidth > innerWidth ? ["page", ...wide] : wide;
    })()""")
    check(f"{what}: wider than the window", overflowing, [])


def check_colours(browser, what, scheme):
    """Paper and text differ enough (WCAG 2.1, 1.4.3), the paper is light or dark as asked, more weight is more ink."""
    luminances = browser.value("""(() => {
      const luminance = colour => {
        const context = new OffscreenCanvas(1, 1).getContext("2d");
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const linear = [...context.getImageData(0, 0, 1, 1).data].map(c => c / 255).map(
            c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
      };
      const cells = [...box.querySelectorAll("tbody td")];
      cells.sort((a, b) => a.style.getPropertyValue("--weight") - b.style.getPropertyValue("--weight"));
      const style = element => getComputedStyle(element);
      return {paper: luminance(style(document.body).backgroundColor),
              cells: cells.map(cell => luminance(style(cell).backgroundColor)),
              texts: [document.body, source, target, hint].map(e => luminance(style(e).color))};
    })()""")
    paper, cells = luminances["paper"], luminances["cells"]
    check(f"{what}: the paper is dark", paper < 0.2, scheme == "dark")
    for text in luminances["texts"]:
        if (max(text, paper) + 0.05) / (min(text, paper) + 0.05) < 4.5:
            sys.exit(f"{what}: text of luminance {text:.3f} on paper of {paper:.3f}: contrast below 4.5")
    check(f"{what}: cells in the order of their weights", cells, sorted(cells, reverse=scheme == "light"))


def check_page(browser, directory, words, width, scheme):
    what = f"{words} words at {width} pixels, {scheme}"
    view = json.loads((directory / f"{words}.json").read_text())
    browser.show(width, scheme)
    browser.open(directory / f"{words}.html")
    check_no_overflow(browser, what)
    check_colours(browser, what, scheme)
    heading, last = None, words - 1
    for kind, layer, head, tokens in CHOICES:
        choose(browser, kind=kind, layer=layer, head=head, tokens=tokens)
        check(f"{what}: the heading changes", browser.value("heading.textContent") == heading, False)
        heading = browser.value("heading.textContent")
        for row, column in ((0, 0), (last, last - 1), (words // 2, words // 2 + 1)):
            check_tip(f"{what}: {heading}, {tokens}, cell {row} {column}", hover(browser, row, column),
                      expected_cell(view, kind, layer, head, tokens == "words", row, column))
        check_no_overflow(browser, f"{what}: {heading}, {tokens}")


def check_keyboard(browser, directory):
    """Every control is reached by the Tab key, chosen by arrow keys; the map is walked over by arrow keys."""
    browser.show(1600, "light")
    browser.open(directory / "5.html")  # no scrollbar that would take the focus by itself
    view, focused = json.loads((directory / "5.json").read_text()), []
    for _ in range(6):
        browser.key("Tab")
        focused.append(browser.value("document.activeElement.name || document.activeElement.id"))
    check("what the Tab key reaches", focused, ["kind", "tokens", "layer", "head", "theme", "box"])
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        browser.key(key)
    check_tip("the cell after down, down, right", browser.value("[...tip.children].map(part => part.textContent)"),
              expected_cell(view, "cross", 3, "average", True, 1, 1))
    browser.key("Escape")
    check("the tip after Escape", browser.value("tip.textContent"), "")
    browser.value("document.querySelector('input[name=head]:checked').focus()")
    browser.key("ArrowLeft")
    check("one head to the left", browser.value("heading.textContent"), "Cross-attention, layer 3, head 4")
    for theme in ("dark", "light"):
        choose(browser, theme=theme)
        check_colours(browser, f"switched to {theme}", theme)


def check_comparison(browser, directory, width, scheme):
    """Sections beside each other where there is room; each chooses for itself, all share one scale and one theme."""
    what = f"two models at {width} pixels, {scheme}"
    views = json.loads((directory / "models.json").read_text())["models"]
    browser.show(width, scheme)
    browser.open(directory / "models.html")
    check_no_overflow(browser, what)
    check_colours(browser, what, scheme)
    places = browser.value("""["box", "box-2"].map(id => {
      const at = document.getElementById(id).getBoundingClientRect();
      return [at.left, at.top];
    })""")
    check(f"{what}: beside each other, and level", [places[0][0] < places[1][0], places[0][1] == places[1][1]],
          [width > 1000] * 2)
    texts = lambda *ids: browser.value(f"{json.dumps(ids)}.map(id => document.getElementById(id).textContent)")
    before = texts("heading")
    choose(browser, **{"kind-2": "encoder_self", "layer-2": 1, "head-2": 6, "tokens-2": "pieces"})
    check(f"{what}: headings", texts("heading", "heading-2"), [*before, "Encoder self-attention, layer 1, head 6"])
    check_tip(f"{what}: the first model", hover(browser, 2, 3),
              expected_cell(views[0], "cross", 3, "average", True, 2, 3))
    check_tip(f"{what}: the second model", hover(browser, 4, 5, "-2"),
              expected_cell(views[1], "encoder_self", 1, 6, False, 4, 5))
    cells = browser.value("""[...document.querySelectorAll("td")].map(
        cell => +cell.style.getPropertyValue("--weight"))""")
    legends = browser.value("""[...document.querySelectorAll(".largest")].map(legend => legend.textContent)""")
    check(f"{what}: one scale", legends, [f"{max(cells):.2f}"] * 2)
    inks = lambda: browser.value("""[...document.querySelectorAll(".box, .options canvas")].map(
        e => e.toDataURL?.() ?? getComputedStyle(e).color)""")
    first = inks()
    choose(browser, theme="light" if scheme == "dark" else "dark")
    kept = [a for a, b in zip(first, inks(), strict=True) if a == b]
    check(f"{what}: colours that the theme does not change", kept, [])
    check_no_overflow(browser, f"{what}, chosen")


def check_picture(browser, directory, name):
    """No text of an SVG sticks out of it."""
    browser.open(directory / name)
    check(f"{name}: texts outside the picture", browser.value("""(() => {
      const paper = document.querySelector("svg > rect").getBoundingClientRect();
      return [...document.querySelectorAll("text")].filter(text => {
        const at = text.getBoundingClientRect();
        return at.left < paper.left || at.top < paper.top || at.right > paper.right || at.bottom > paper.bottom;
      }).map(text => text.textContent);
    })()"""), [])


def check_in_browser(browser, directory, pictures, take_pictures):
    for words, width, scheme in itertools.product((5, 60), WIDTHS, ("light", "dark")):
        check_page(browser, directory, words, width, scheme)
        if take_pictures:
            browser.picture(directory / f"{words}-{width}-{scheme}.png")
    for name in ("0", "1", "none"):
        browser.open(directory / f"{name}.html")
        check_no_overflow(browser, f"{name}.html")
    check("the page without maps", browser.value("hint.textContent"), "There are no attention maps to show.")
    check_keyboard(browser, directory)
    for width, scheme in itertools.product(WIDTHS, ("light", "dark")):
        check_comparison(browser, directory, width, scheme)
        if take_pictures:
            browser.picture(directory / f"models-{width}-{scheme}.png")
    for name in pictures:
        check_picture(browser, directory, name)
    browser.close()
    print(f"the page of 5 and of 60 words, and of two models, works at {WIDTHS} pixels, light and dark; "
          "no picture cuts a text off")


def main():
    writer, browser, kept = (sys.argv[1:] + [None, None])[:3]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        directory = pathlib.Path(kept or scratch).resolve()
        subprocess.run([writer, directory], check=True)
        pictures = parsed_pictures(directory)
        for words in (0, 1, 5, 60):
            check_data(directory, words)
        print(f"{len(pictures)} pictures are well-formed")
        if browser:
            check_in_browser(Browser(browser, f"{scratch}/profile"), directory, pictures, take_pictures=bool(kept))


if __name__ == "__main__":
    main()
