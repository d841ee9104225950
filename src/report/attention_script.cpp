#include "report/attention_parts.h"

namespace heed {

const std::string_view kAttentionScript = R"js(
const models = data.models ?? [data];
const kinds = {
  cross: {name: "Cross", title: "Cross-attention", rows: "target", columns: "source",
          hint: "what one target token looked at in the source"},
  encoder_self: {name: "Encoder", title: "Encoder self-attention", rows: "source", columns: "source",
                 hint: "what one source token looked at in its sentence"},
  decoder_self: {name: "Decoder", title: "Decoder self-attention", rows: "target", columns: "target_input",
                 hint: "what one target token looked at in what was written before it"},
};


// The numbers: merging and averaging as report/attention_view.h describes them.
const sum = numbers => numbers.reduce((a, b) => a + b, 0);
const average = maps => maps[0].map((row, r) => row.map((_, c) => sum(maps.map(map => map[r][c])) / maps.length));
const largest = map => map.flat().reduce((a, b) => Math.max(a, b), 0);
function groups(axis, tokens) {  // the positions that make up each token shown
  const all = [];
  axis.words.forEach((word, i) => {
    const continues = i > 0 && word >= 0 && word === axis.words[i - 1] && tokens === "words";
    if (continues) all.at(-1).push(i); else all.push([i]);
  });
  return all;
}
function labels(axis, tokens) {
  const text = group => group.map(i => axis.tokens[i]).join("");
  return groups(axis, tokens).map(
      group => tokens === "words" && text(group).replaceAll("\u2581", "") || text(group));
}
const sentence = axis => labels(axis, "words").filter((_, i) => axis.words[groups(axis, "words")[i][0]] >= 0).join(" ");

// The largest weight in sight has all the ink: the same ink is the same weight in every section.
const tops = models.map(() => 0);
function scale(section, top) {
  tops[section] = top;
  const all = Math.max(...tops) || 1;
  document.querySelector("main").style.setProperty("--top", all);
  for (const legend of document.querySelectorAll(".largest")) legend.textContent = all.toFixed(2);
}

// The cell looked at, by pointer or arrow keys. Answers what is to be told of each new map.
function lookAt(box, tip) {
  let drawn = null, at = null;
  function point(cell) {
    for (const marked of box.querySelectorAll(".on")) marked.classList.remove("on");
    at = cell;
    tip.replaceChildren();
    if (!cell) return;
    const [r, c] = cell, row = drawn.body.rows[r], target = row.cells[c + 1];
    for (const part of [row.cells[0], target, drawn.header.cells[c + 1]]) part.classList.add("on");
    add(tip, "bdi", drawn.rowLabels[r]);
    tip.append(" \u2192 ");
    add(tip, "bdi", drawn.columnLabels[c]);
    tip.append(" ");
    add(tip, "span", drawn.map[r][c].toFixed(3));
    placeTip();
  }
  function placeTip() {  // above its cell, or below it where there is no room
    if (!at) return;
    const cell = drawn.body.rows[at[0]].cells[at[1] + 1].getBoundingClientRect();
    const frame = box.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const outside = cell.right < frame.left || cell.left > frame.right || cell.bottom < frame.top ||
                    cell.top > frame.bottom;
    if (outside) return point(null);
    const left = cell.left + cell.width / 2 - size.width / 2, above = cell.top - size.height - 6;
    const end = document.documentElement.clientWidth - size.width - 8;
    tip.style.left = Math.max(8, Math.min(left, end)) + "px";
    tip.style.top = (above < 8 ? cell.bottom + 6 : above) + "px";
  }
  document.addEventListener("scroll", placeTip, true);
  box.addEventListener("pointerover", event => {
    const cell = event.target.closest("td");
    point(cell ? [cell.parentElement.sectionRowIndex, cell.cellIndex - 1] : null);
  });
  box.addEventListener("pointerleave", () => point(null));
  box.addEventListener("blur", () => point(null));
  box.addEventListener("keydown", event => {
    const move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    if (event.key === "Escape") point(null);
    if (!move || !drawn?.map.length) return;
    event.preventDefault();
    const inside = (value, end) => Math.max(0, Math.min(value, end - 1));
    const [r, c] = at ? [at[0] + move[0], at[1] + move[1]] : [0, 0];
    const next = [inside(r, drawn.map.length), inside(c, drawn.map[0].length)];
    drawn.body.rows[next[0]].cells[next[1] + 1].scrollIntoView({block: "nearest", inline: "nearest"});
    point(next);
  });
  return map => {
    drawn = map;
    point(null);
  };
}

// Fills the section of one model; answers what paints it anew in other colours.
function show(view, section) {
  const element = id => document.getElementById(section ? `${id}-${section + 1}` : id);
  const lookAtMap = lookAt(element("box"), element("tip"));
  const state = {kind: "", layer: "", head: "", tokens: "words"};
  function shown(layer, head) {
    const {rows, columns} = kinds[state.kind];
    const maps = view.maps.filter(map => map.kind === state.kind && (layer === "average" || map.layer === +layer) &&
                                         (head === "average" || map.head === +head));
    const pieces = average(maps.map(map => map.weights)), keyGroups = groups(view[columns], state.tokens);
    return groups(view[rows], state.tokens).map(queries => keyGroups.map(
        keys => sum(queries.map(query => sum(keys.map(key => pieces[query][key])))) / queries.length));
  }

  // The controls.
  function choose(id, options, first = options[0][0]) {
    if (!options.some(([value]) => value === state[id])) state[id] = first;
    offer(element(id), options, state[id], value => { state[id] = value; update(id); });
  }
  function numbersOf(field) {
    const numbers = view.maps.filter(map => map.kind === state.kind).map(map => map[field]);
    return [...new Set(numbers)].sort((a, b) => a - b);
  }
  function withAverage(numbers) {
    const names = numbers.length > 1 ? [...numbers.map(String), "average"] : numbers.map(String);
    return names.map(name => [name, name]);
  }
  function offerLayers() {
    const all = numbersOf("layer");
    choose("layer", withAverage(all), String(all.at(-1)));
  }
  function offerHeads() {  // head 1 of one layer has nothing to do with head 1 of another
    const options = withAverage(numbersOf("head"));
    choose("head", state.layer === "average" ? options.slice(-1) : options, options.at(-1)[0]);
  }
  function drawHeads() {  // a small picture of each
    for (const input of element("head").querySelectorAll("input")) {
      const map = shown(state.layer, input.value), top = largest(map) || 1, canvas = document.createElement("canvas");
      canvas.width = map[0]?.length || 1;
      canvas.height = map.length || 1;
      input.parentElement.querySelector("canvas")?.remove();
      input.parentElement.append(canvas);
      const context = canvas.getContext("2d");
      context.fillStyle = getComputedStyle(canvas).color;
      map.forEach((row, r) => row.forEach((weight, c) => {
        context.globalAlpha = weight / top;
        context.fillRect(c, r, 1, 1);
      }));
    }
  }

  // The map: a table, so that its labels can stay in sight while it scrolls.
  function drawMap() {
    const {title, rows, columns, hint} = kinds[state.kind];
    const rowLabels = labels(view[rows], state.tokens), columnLabels = labels(view[columns], state.tokens);
    const map = shown(state.layer, state.head), table = document.createElement("table");
    const room = Math.min(600, element("box").parentElement.clientWidth - 110);  // 110: the labels of the rows
    const cell = Math.min(56, Math.max(18, Math.floor(room / Math.max(map.length, columnLabels.length, 1))));
    table.style.setProperty("--cell", cell + "px");
    const header = table.createTHead().insertRow();
    add(header, "th", "");
    for (const label of columnLabels) add(add(header, "th", ""), "span", label);
    const body = table.createTBody();
    map.forEach((weights, r) => {
      const row = body.insertRow();
      add(row, "th", rowLabels[r]);
      for (const weight of weights) row.insertCell().style.setProperty("--weight", weight);
    });
    element("box").replaceChildren(table);
    element("box").style.scrollPadding = `${header.offsetHeight + 8}px 8px 8px ${header.cells[0].offsetWidth + 8}px`;
    const part = (word, value) => value === "average" ? `average over ${word}s` : `${word} ${value}`;
    element("heading").textContent = `${title}, ${part("layer", state.layer)}, ${part("head", state.head)}`;
    element("hint").textContent = `A row shows ${hint}.`;
    scale(section, largest(map));
    lookAtMap({map, rowLabels, columnLabels, body, header});
  }

  function update(changed) {
    if (changed === "kind") offerLayers();
    if (changed === "kind" || changed === "layer") offerHeads();
    if (changed !== "head") drawHeads();
    if (changed !== "theme") drawMap();
  }
  element("source").textContent = sentence(view.source);
  element("target").textContent = sentence(view.target);
  choose("tokens", [["words", "words"], ["pieces", "pieces"]]);
  const there = Object.keys(kinds).filter(kind => view.maps.some(map => map.kind === kind));
  if (there.length) {
    choose("kind", there.map(kind => [kind, kinds[kind].name]));
    update("kind");
  } else {
    element("hint").textContent = "There are no attention maps to show.";
  }
  return () => update("theme");
}

const repaint = models.map(show);
offerThemes(() => repaint.forEach(section => section()));
)js";

}  // namespace heed
