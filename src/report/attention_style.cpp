#include "report/attention_parts.h"

namespace heed {

const std::string_view kAttentionStyle = R"css(
.choice h2 { font-size: 1.25rem; line-height: 1.25; margin: 0 0 .4rem; overflow-wrap: anywhere; }
.sentence {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden;
  margin: 0 0 .25rem; max-width: 75ch; overflow-wrap: anywhere; unicode-bidi: plaintext;
}
.sentence + .sentence { color: var(--muted); }
.map { min-width: 0; }
@media (min-width: 1000px) {  /* what to show on the left, the map beside it */
  main:not(.several) .model { display: grid; grid-template-columns: 17.5rem 1fr; gap: 2.5rem; }
  main:not(.several) .controls { flex-direction: column; }
  .sentence { -webkit-line-clamp: 6; }
}
.several { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 2.5rem; }
.several .model { display: grid; grid-row: span 2; grid-template-rows: subgrid; row-gap: 0; }  /* maps begin level */
.options canvas { width: 56px; height: 56px; margin-top: .25rem; color: var(--ink); image-rendering: pixelated; }

.map h2, .map h3 { font-size: 1.1rem; line-height: 1.25; margin: 0 0 .15rem; }
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
