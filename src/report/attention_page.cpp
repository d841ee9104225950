#include "report/attention_page.h"

#include <fmt/format.h>

#include "report/attention_json.h"
#include "report/page_parts.h"
#include "report/svg.h"

namespace heed {

namespace {

constexpr std::string_view kBody = R"html(<p class="sentence" id="source"></p>
<p class="sentence" id="target"></p>
<div class="controls">
<div><span class="name" id="kind-name">Attention</span>
<div class="options" id="kind" role="radiogroup" aria-labelledby="kind-name"></div></div>
<div><span class="name" id="tokens-name">Tokens</span>
<div class="options" id="tokens" role="radiogroup" aria-labelledby="tokens-name"></div></div>
<div><span class="name" id="layer-name">Layer</span>
<div class="options" id="layer" role="radiogroup" aria-labelledby="layer-name"></div></div>
<div><span class="name" id="head-name">Head</span>
<div class="options" id="head" role="radiogroup" aria-labelledby="head-name"></div></div>
<div><span class="name" id="theme-name">Colours</span>
<div class="options" id="theme" role="radiogroup" aria-labelledby="theme-name"></div></div>
</div>
</header>
<main>
<h2 id="heading"></h2>
<p class="hint" id="hint"></p>
<div id="box" tabindex="0" role="group" aria-label="Attention map: arrow keys move from cell to cell"></div>
<p class="legend">0 <i></i> <span id="largest"></span></p>
<div id="tip" role="status"></div>
<noscript>This page draws its map with JavaScript, which is switched off.</noscript>
</main>
)html";

}  // namespace

std::string attention_page(const AttentionView& view, std::string_view title) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n{body}"
      "<script type=\"application/json\" id=\"data\">\n{data}</script>\n<script>{script}</script>\n</body>\n</html>\n",
      fmt::arg("title", markup_text(title)), fmt::arg("style", kPageStyle), fmt::arg("body", kBody),
      fmt::arg("data", attention_json(view, WeightDigits::kFour)), fmt::arg("script", kPageScript));
}

}  // namespace heed
