#include "report/systems_parts.h"

namespace heed {

const std::string_view kSystemsScript = R"js(
const {metrics, systems, references, lines} = data;
const element = id => document.getElementById(id);
const two = systems.length > 1;
// Which columns are shown; by which metric (or "line") and which way lines are sorted.
const state = {reference: 0, baseline: 0, system: two ? 1 : 0, by: "0", order: "worse"};

// Of something of each reference and of each system: what the columns have of it.
const ofColumns = (ofReferences, ofSystems) =>
    [ofReferences[state.reference], ...(two ? [ofSystems[state.baseline]] : []), ofSystems[state.system]];

// The words: what is compared of each, and what two texts have in common.
const space = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/;
const spaceBefore = token => token.match(space)[0];
const bare = tokens => tokens.map(token => token.slice(spaceBefore(token).length));
const mostCells = 4e6;  // of a table of two texts: a tenth of a second

// Which tokens of either are of a longest common subsequence of both.
function common(a, b) {
  const ofA = a.map(() => false), ofB = b.map(() => false);
  const take = (i, j) => { ofA[i] = ofB[j] = true; };
  let first = 0, endA = a.length, endB = b.length;
  for (; first < endA && first < endB && a[first] === b[first]; ++first) take(first, first);
  while (endA > first && endB > first && a[endA - 1] === b[endB - 1]) take(--endA, --endB);
  const width = endB - first + 1;
  if ((endA - first + 1) * width > mostCells) return [anywhere(a, b, ofA), anywhere(b, a, ofB)];
  const longest = new Uint32Array((endA - first + 1) * width);  // of what is left from (i, j) on
  const at = (i, j) => (i - first) * width + j - first;
  for (let i = endA - 1; i >= first; --i)
    for (let j = endB - 1; j >= first; --j)
      longest[at(i, j)] = a[i] === b[j] ? longest[at(i + 1, j + 1)] + 1
                                        : Math.max(longest[at(i + 1, j)], longest[at(i, j + 1)]);
  for (let i = first, j = first; i < endA && j < endB;)
    if (a[i] === b[j]) take(i++, j++);
    else if (longest[at(i + 1, j)] >= longest[at(i, j + 1)]) ++i;
    else ++j;
  return [ofA, ofB];
}
// Of texts too long for that: which tokens the other has at all.
function anywhere(tokens, others, known) {
  const there = new Set(others);
  return tokens.map((token, i) => known[i] || there.has(token));
}

// How each token of the reference and of what is shown of the systems is to be marked.
const marks = {
  right: "only this system has it, as the reference does",
  wrong: two ? "only this system has it, the reference does not" : "the reference does not have it",
  shared: "both systems have it, the reference does not",
  half: "one system misses it",
  missed: two ? "both systems miss it" : "the system misses it",
};
function marked(line) {
  const texts = ofColumns(line.r, line.t).map(bare), reference = texts[0], baseline = texts[1], system = texts.at(-1);
  const [foundInSystem, systemRight] = common(reference, system);
  const wrongs = right => right.map(is => is ? "" : "wrong");
  if (!two) return [foundInSystem.map(found => found ? "" : "missed"), wrongs(systemRight)];
  const [foundInBaseline, baselineRight] = common(reference, baseline), [inSystem, inBaseline] = common(baseline, system);
  const mark = (right, inOther) => inOther ? (right ? "" : "shared") : right ? "right" : "wrong";
  return [
    foundInBaseline.map((found, i) => found && foundInSystem[i] ? "" : found || foundInSystem[i] ? "half" : "missed"),
    baselineRight.map((right, i) => mark(right, inSystem[i])),
    systemRight.map((right, i) => mark(right, inBaseline[i])),
  ];
}
function addText(cell, tokens, kinds) {
  cell.dir = "auto";
  let open = null;  // a run of tokens that are marked alike is one mark
  tokens.forEach((token, i) => {
    const before = spaceBefore(token);
    if (open && open.className === kinds[i]) return open.append(token);
    cell.append(before);
    open = kinds[i] ? add(cell, "mark", "") : null;
    if (open) Object.assign(open, {className: kinds[i], title: marks[kinds[i]]});
    (open ?? cell).append(token.slice(before.length));
  });
  if (!tokens.length) add(cell, "i", "(nothing)");
}

// The scores of a line.
const score = (line, system, metric) => line.s[system * metrics.length + metric];
const difference = (line, metric) => score(line, state.system, metric) - score(line, state.baseline, metric);
function gain(line, metric) {  // what sorting goes by: more is better
  const value = two ? difference(line, metric) : score(line, state.system, metric);
  return metrics[metric].less ? -value : value;
}
const signed = value => (value > 0 ? "+" : value < 0 ? "\u2212" : "\u00b1") + Math.abs(value).toFixed(2);
const fixed = value => value === null ? "" : value.toFixed(2);
function addScores(cell, line) {
  const table = add(cell, "table", "");
  metrics.forEach((metric, m) => {
    const row = table.insertRow();
    if (String(m) === state.by) row.className = "by";
    add(row, "th", metric.name);
    if (two) add(row, "td", fixed(score(line, state.baseline, m)));
    add(row, "td", fixed(score(line, state.system, m)));
    if (!two) return;
    const by = Math.round(100 * difference(line, m)) / 100;
    add(row, "td", signed(by)).className = by === 0 ? "same" : gain(line, m) > 0 ? "better" : "worse";
  });
}

// The list: rows are made as they are wanted.
const rowsAtOnce = 200;
let listed = [], shown = 0;
function addRow(index) {
  const line = lines[index], row = element("lines").insertRow(), kinds = marked(line);
  add(row, "th", (index + 1).toLocaleString("en"));
  const names = ofColumns(references, systems);
  ofColumns(line.r, line.t).forEach((tokens, i) => {
    const cell = row.insertCell();
    cell.dataset.column = names[i];
    addText(add(cell, "div", ""), tokens, kinds[i]);
  });
  addScores(row.insertCell(), line);
}
function showMore() {
  const end = Math.min(listed.length, shown + rowsAtOnce);
  for (; shown < end; ++shown) addRow(listed[shown]);
  element("more").hidden = shown === listed.length;
  element("more").textContent = `Show more (${(listed.length - shown).toLocaleString("en")} left)`;
}
function list() {
  const wanted = element("filter").value.toLowerCase();
  const holds = line => ofColumns(line.r, line.t).some(tokens => tokens.join("").toLowerCase().includes(wanted));
  listed = lines.map((_, i) => i).filter(i => !wanted || holds(lines[i]));
  const sign = state.order === "worse" ? 1 : -1;
  if (state.by !== "line") {
    const gains = lines.map(line => sign * gain(line, +state.by));
    listed.sort((a, b) => gains[a] - gains[b] || a - b);
  }
  const all = lines.length.toLocaleString("en");
  element("count").textContent =
      listed.length === lines.length ? `${all} lines` : `${listed.length.toLocaleString("en")} of ${all} lines`;
  element("lines").replaceChildren();
  shown = 0;
  showMore();
}

// What may be chosen.
function choice(cell, names, key, label) {
  add(cell, "span", label).className = "name";
  if (names.length < (key === "reference" ? 2 : 3)) return add(cell, "bdi", names[state[key]]);
  const select = add(cell, "select", "");
  Object.assign(select, {id: key, ariaLabel: label});
  names.forEach((name, i) => select.add(new Option(name, i, false, i === state[key])));
  select.addEventListener("change", () => {
    state[key] = +select.value;
    list();
  });
}
function offerOrder() {
  const byLine = state.by === "line";
  offer(element("order"), [["worse", two ? "system worse" : "worst"], ["better", two ? "system better" : "best"]],
        state.order, order => { state.order = order; list(); });
  element("order").parentElement.hidden = byLine;
}
function begin() {
  document.body.classList.toggle("one", !two);
  const columns = element("columns");
  add(columns, "th", "line");
  choice(add(columns, "th", ""), references, "reference", "reference");
  if (two) choice(add(columns, "th", ""), systems, "baseline", "baseline");
  choice(add(columns, "th", ""), systems, "system", "system");
  add(add(columns, "th", ""), "span", two ? "baseline, system, difference" : "scores").className = "name";
  element("by-name").textContent = two ? "Sort by the difference of" : "Sort by";
  offer(element("by"), [...metrics.map((metric, m) => [String(m), metric.name]), ["line", "line"]], state.by, by => {
    state.by = by;
    offerOrder();
    list();
  });
  offerOrder();
  for (const [kind, meaning] of Object.entries(marks)) {
    if (!two && !["wrong", "missed"].includes(kind)) continue;
    const item = add(element("legend"), "span", "");
    add(item, "mark", "word").className = kind;
    item.append(" " + meaning);
  }
  let waiting = 0;
  element("filter").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(list, lines.length > 2000 ? 150 : 0);
  });
  element("more").addEventListener("click", showMore);
  new IntersectionObserver(entries => { if (entries.some(entry => entry.isIntersecting)) showMore(); },
                           {rootMargin: "1000px"}).observe(element("more"));
  offerThemes(() => {});
  list();
}
begin();
)js";

}  // namespace heed
