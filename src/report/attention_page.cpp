#include "report/attention_page.h"

#include <fmt/format.h>

#include "report/attention_json.h"
#include "report/attention_parts.h"
#include "report/page.h"
#include "report/svg.h"

namespace heed {

namespace {

// A model's section. {0}: "" or a number that tells its ids from the others'; {1}: its title, {2}: a heading below it;
// {3}: controls of the page.
constexpr std::string_view kSection = R"html(<section class="model">
<div class="choice">
{1}
<p class="sentence" id="source{0}"></p>
<p class="sentence" id="target{0}"></p>
<div class="controls">
<div><span class="name" id="kind-name{0}">Attention</span>
<div class="options" id="kind{0}" role="radiogroup" aria-labelledby="kind-name{0}"></div></div>
<div><span class="name" id="tokens-name{0}">Tokens</span>
<div class="options" id="tokens{0}" role="radiogroup" aria-labelledby="tokens-name{0}"></div></div>
<div><span class="name" id="layer-name{0}">Layer</span>
<div class="options" id="layer{0}" role="radiogroup" aria-labelledby="layer-name{0}"></div></div>
<div><span class="name" id="head-name{0}">Head</span>
<div class="options" id="head{0}" role="radiogroup" aria-labelledby="head-name{0}"></div></div>
{3}</div>
</div>
<div class="map">
<{2} id="heading{0}"></{2}>
<p class="hint" id="hint{0}"></p>
<div class="box" id="box{0}" tabindex="0" role="group"
 aria-label="Attention map: arrow keys move from cell to cell"></div>
<p class="legend">0 <i></i> <span class="largest"></span></p>
<div class="tip" id="tip{0}" role="status"></div>
</div>
</section>
)html";

std::string page(std::string_view title, const std::string& body, const std::string& data) {
  return html_page({title, kAttentionStyle, body, data, kAttentionScript});
}

std::string heading(std::string_view tag, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>", tag, markup_text(text));
}

}  // namespace

std::string attention_page(const AttentionView& view, std::string_view title) {
  const std::string section = fmt::format(kSection, "", heading("h1", title), "h2", kThemeControl);
  return page(title, "<main>\n" + section + "</main>\n", attention_json(view, WeightDigits::kFour));
}

std::string comparison_page(const std::vector<ModelAttention>& models, std::string_view title) {
  std::string body =
      fmt::format("<header>\n{}\n<div class=\"controls\">\n{}</div>\n</header>\n<main class=\"several\">\n",
                  heading("h1", title), kThemeControl);
  for (size_t i = 0; i < models.size(); ++i)
    body += fmt::format(kSection, i == 0 ? "" : fmt::format("-{}", i + 1), heading("h2", models[i].model), "h3", "");
  return page(title, body + "</main>\n", comparison_json(models, WeightDigits::kFour));
}

}  // namespace heed
