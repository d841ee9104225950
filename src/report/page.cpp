#include "report/page.h"

#include <fmt/format.h>

#include "report/svg.h"

namespace heed {

const std::string_view kThemeControl = R"html(<div><span class="name" id="theme-name">Colours</span>
<div class="options" id="theme" role="radiogroup" aria-labelledby="theme-name"></div></div>
)html";

std::string html_page(const HtmlPage& page) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{title}</title>\n<style>{page_style}{style}</style>\n</head>\n<body>\n{body}"
      "<noscript>This page is filled in by JavaScript, which is switched off.</noscript>\n"
      "<script type=\"application/json\" id=\"data\">\n{data}</script>\n<script>{page_script}{script}</script>\n"
      "</body>\n</html>\n",
      fmt::arg("title", markup_text(page.title)), fmt::arg("page_style", kPageStyle), fmt::arg("style", page.style),
      fmt::arg("body", page.body), fmt::arg("data", page.data), fmt::arg("page_script", kPageScript),
      fmt::arg("script", page.script));
}

}  // namespace heed
