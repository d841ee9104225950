#include "report/page.h"

namespace heed {

const std::string_view kPageScript = R"js(
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

function add(parent, tag, text) {
  const child = document.createElement(tag);
  child.textContent = text;
  parent.append(child);
  return child;
}
// A row of radio buttons, so the keyboard works as everywhere.
function offer(box, options, chosen, choose) {
  box.replaceChildren(...options.map(([value, text]) => {
    const label = document.createElement("label"), input = document.createElement("input");
    Object.assign(input, {type: "radio", name: box.id, value, checked: value === chosen});
    input.addEventListener("change", () => choose(value));
    label.append(input, text);
    return label;
  }));
}

// Light, dark, or as the reader's system has it. `repaint` follows what no style sheet can colour.
function offerThemes(repaint) {
  function paint(theme) {
    document.documentElement.dataset.theme = theme;
    repaint();
  }
  offer(document.getElementById("theme"), [["auto", "Auto"], ["light", "Light"], ["dark", "Dark"]], "auto", paint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
}
)js";

}  // namespace heed
