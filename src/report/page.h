#pragma once

#include <string>
#include <string_view>

namespace heed {

// What all pages share. CSS: light-dark() and color-mix(), browsers of 2024 and later.
extern const std::string_view kPageStyle;     // colours, light and dark; controls
extern const std::string_view kPageScript;    // `data` read from #data, `add`, `offer`, `offerThemes`
extern const std::string_view kThemeControl;  // what offerThemes fills

// One HTML page that holds everything it needs: no network.
struct HtmlPage {
  std::string_view title;
  std::string_view style;   // beside kPageStyle
  std::string_view body;    // markup
  std::string_view data;    // JSON without "<"
  std::string_view script;  // behind kPageScript
};
std::string html_page(const HtmlPage& page);

}  // namespace heed
