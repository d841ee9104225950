#include "report/page.h"

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
h1 { font-size: 1.25rem; line-height: 1.25; margin: 0 0 .4rem; overflow-wrap: anywhere; }
.controls { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; margin: 1rem 0 1.25rem; }
.name { display: block; font-size: .8rem; color: var(--muted); margin-bottom: .2rem; }
.options { display: flex; flex-wrap: wrap; gap: .3rem; }
.options label {
  position: relative; display: grid; justify-items: center; gap: .2rem; padding: .2rem .65rem; min-width: 2.2rem;
  border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); cursor: pointer; user-select: none;
}
.options label:hover { border-color: var(--muted); }
.options label:has(:checked) { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); color: var(--ink); }
:focus-visible, .options label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.options input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.hint { color: var(--muted); font-size: .85rem; margin: 0 0 .6rem; }
)css";

}  // namespace heed
