#include "report/page_parts.h"

namespace heed {

const std::string_view kPageStyle = R"css(
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #14181d);
  --panel: light-dark(#f4f6f9, #1d232b);
  --text: light-dark(#1d232b, #e6eaf0);
  --muted: light-dark(#5b6673, #9aa6b4);
  --line: light-dark(#dfe4ea, #2e3640);
  --ink: light-dark(#0b3d91, #8cc8ff);
  --accent: light-dark(#b8560a, #f2a05c);
}
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.25rem clamp(.75rem, 3vw, 2.5rem) 3rem; max-width: 110rem;
  background: var(--paper); color: var(--text);
  font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
}
h1, .choice h2 { font-size: 1.25rem; line-height: 1.25; margin: 0 0 .4rem; overflow-wrap: anywhere; }
.sentence {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden;
  margin: 0 0 .25rem; max-width: 75ch; overflow-wrap: anywhere; unicode-bidi: plaintext;
}
.sentence + .sentence { color: var(--muted); }
.controls { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; margin: 1rem 0 1.25rem; }
.map { min-width: 0; }
@media (min-width: 1000px) {  /* what to show on the left, the map beside it */
  main:not(.several) .model { display: grid; grid-template-columns: 17.5rem 1fr; gap: 2.5rem; }
  main:not(.several) .controls { flex-direction: column; }
  .sentence { -webkit-line-clamp: 6; }
}
.several { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 2.5rem; }
.several .model { display: grid; grid-row: span 2; grid-template-rows: subgrid; row-gap: 0; }  /* maps begin level */
.name { display: block; font-size: .8rem; color: var(--muted); margin-bottom: .2rem; }
.options { display: flex; flex-wrap: wrap; gap: .3rem; }
.options label {
  position: relative; display: grid; justify-items: center; gap: .2rem; padding: .2rem .65rem; min-width: 2.2rem;
  border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); cursor: pointer; user-select: none;
}
.options label:hover { border-color: var(--muted); }
.options label:has(:checked) { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); color: var(--ink); }
.options label:has(:focus-visible), .box:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.options input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.options canvas { width: 56px; height: 56px; margin-top: .25rem; color: var(--ink); image-rendering: pixelated; }

.map h2, .map h3 { font-size: 1.1rem; line-height: 1.25; margin: 0 0 .15rem; }
.hint { color: var(--muted); font-size: .85rem; margin: 0 0 .6rem; }
.box { overflow: auto; max-width: max-content; max-height: 90vh; border: 1px solid var(--line); border-radius: .6rem; }
table { border-spacing: 0; font-size: .85rem; line-height: 1.2; }
th { font-weight: 400; background: var(--paper); color: var(--text); }
thead th { position: sticky; top: 0; z-index: 1; padding: .5rem 0; vertical-align: bottom; }
thead th span {
  display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 9rem;
  overflow: hidden; white-space: nowrap; text-overflow: ellipsis; vertical-align: bottom;
}
tbody th, thead th:first-child { position: sticky; left: 0; z-index: 1; }
tbody th {
  padding: 0 .5rem; max-width: min(11rem, 32vw); text-align: right;
  overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
}
thead th:first-child { z-index: 2; }
td {
  width: var(--cell); min-width: var(--cell); height: var(--cell); padding: 0;
  border: solid var(--line); border-width: 1px 0 0 1px;
  background: color-mix(in srgb, var(--ink) calc(100% * var(--weight) / var(--top)), var(--paper));
}
th.on { color: var(--accent); text-shadow: 0 0 .5px var(--accent); }  /* bold would move the cells below the pointer */
td.on { outline: 2px solid var(--accent); outline-offset: -1px; }
.legend { display: flex; align-items: center; gap: .5rem; color: var(--muted); font-size: .85rem; }
.legend i {
  width: 8rem; height: .6rem; border: 1px solid var(--line);
  background: linear-gradient(90deg, var(--paper), var(--ink));
}
.tip {
  position: fixed; z-index: 3; width: max-content; max-width: min(24rem, calc(100vw - 1rem));
  padding: .35rem .6rem; border-radius: .5rem;
  background: var(--text); color: var(--paper); font-size: .9rem; pointer-events: none; overflow-wrap: anywhere;
}
.tip:empty { display: none; }
.tip bdi { font-weight: 600; }
)css";

}  // namespace heed
