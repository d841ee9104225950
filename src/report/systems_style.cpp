#include "report/systems_parts.h"

namespace heed {

const std::string_view kSystemsStyle = R"css(
:root {
  --right: light-dark(#0a6b3d, #7fd6a4);
  --right-paper: light-dark(#d9f2e3, #173a29);
  --wrong: light-dark(#a3221c, #ff9d94);
  --wrong-paper: light-dark(#fbe0dd, #472120);
  --half-paper: light-dark(#e9edf3, #2b333d);
}
body { max-width: 120rem; }
table { border-collapse: collapse; }
th { font-weight: 400; text-align: start; }
.scores { display: block; overflow-x: auto; max-width: max-content; margin: .75rem 0 .4rem; }
.scores th, .scores td { padding: .35rem .9rem .35rem 0; vertical-align: baseline; white-space: nowrap; }
.scores th:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 10rem; }
.scores thead th { color: var(--muted); font-size: .85rem; border-bottom: 1px solid var(--line); }
.scores b { font-weight: 600; font-variant-numeric: tabular-nums; }
.scores span { color: var(--muted); font-size: .85rem; margin-inline-start: .35rem; }
.scores .sure { color: var(--accent); }
summary { cursor: pointer; color: var(--muted); font-size: .85rem; width: max-content; }
code { display: block; font-size: .8rem; color: var(--muted); overflow-wrap: anywhere; }
.controls { align-items: end; margin-bottom: .9rem; }
select, input[type=search], button {
  font: inherit; color: inherit; background: var(--panel); padding: .2rem .55rem;
  border: 1px solid var(--line); border-radius: .5rem; max-width: 100%;
}
input[type=search] { width: min(20rem, 80vw); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; margin: 0 0 .5rem; color: var(--muted); font-size: .85rem; }
#count { margin: 0 0 .3rem; }

mark { color: var(--text); background: none; border-radius: .2rem; padding: 0 .1rem; margin: 0 -.1rem; }
mark.right { background: var(--right-paper); border-bottom: 2px solid var(--right); }
mark.wrong { background: var(--wrong-paper); border-bottom: 2px dashed var(--wrong); }
mark.shared, mark.missed { border-bottom: 2px dotted var(--wrong); border-radius: 0; }
mark.half { background: var(--half-paper); }

.lines { width: 100%; table-layout: fixed; }
.lines > thead th {
  position: sticky; top: 0; z-index: 1; padding: .4rem .75rem .4rem 0; vertical-align: bottom;
  background: var(--paper); border-bottom: 1px solid var(--muted); overflow-wrap: anywhere;
}
.lines > thead th:first-child { width: 4rem; color: var(--muted); font-size: .8rem; }
.lines > thead th:last-child { width: 17rem; padding-inline-end: 0; }
.one .lines > thead th:last-child { width: 9rem; }
.lines > thead th:last-child span { text-align: end; }
.lines > tbody > tr > * { padding: .55rem .75rem .55rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
.lines > tbody > tr > th { color: var(--muted); font-variant-numeric: tabular-nums; }
.lines > tbody > tr > td:last-child { padding-inline-end: 0; }
.lines div { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 30rem; overflow-y: auto; }
.lines i { color: var(--muted); }
.lines td table { width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums; line-height: 1.5; }
.lines td table th { color: var(--muted); }
.lines td table td { text-align: end; width: 4.2rem; }
.lines td table .by { font-weight: 600; }
.lines td table .by th { font-weight: 600; color: var(--text); }
.better { color: var(--right); }
.worse { color: var(--wrong); }
.same { color: var(--muted); }
#more { display: block; margin: 1.25rem auto; padding: .4rem 1.2rem; cursor: pointer; }
[hidden], #more[hidden] { display: none; }

@media (max-width: 900px) {  /* one below the other, each with its name */
  .lines, .lines > tbody, .lines > tbody > tr, .lines > tbody > tr > * { display: block; }
  .lines > thead { display: block; }
  .lines > thead > tr { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; border-bottom: 1px solid var(--muted); }
  .lines > thead th { position: static; border: 0; padding: .2rem 0; max-width: 100%; }
  .lines > thead th:first-child, .lines > thead th:last-child { display: none; }
  .lines > tbody > tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
  .lines > tbody > tr > * { padding: .15rem 0; border: 0; }
  .lines td[data-column]::before {
    content: attr(data-column); display: block; color: var(--muted); font-size: .8rem; overflow-wrap: anywhere;
  }
}
)css";

}  // namespace heed
