#include "report/svg.h"

#include <fmt/format.h>

#include "core/utf8.h"

namespace heed {

namespace {

// Colours twice, instead of variables, which librsvg and Inkscape do not know. `ink` is laid over the paper with
// weight / largest weight as its opacity; sRGB being close to even in lightness, so are the steps.
constexpr std::string_view kStyle = R"(
text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1d232b; }
.title { font-size: 15px; font-weight: 600; }
.muted { fill: #5b6673; }
.right { text-anchor: end; }
.paper { fill: #ffffff; }
.ink { fill: #0b3d91; }
.stop { stop-color: #0b3d91; }
.line { fill: none; stroke: #dfe4ea; }
.mark { fill: none; stroke: #5b6673; stroke-dasharray: 4 3; }
.solid { stroke-dasharray: none; stroke-width: 1.5; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.dense { stroke-width: 1.2; stroke-opacity: 0.7; }
.curve-0 { stroke: #0b5cad; } .curve-1 { stroke: #b8560a; }
.curve-2 { stroke: #0a7a5a; } .curve-3 { stroke: #a03c7a; }
.dot-0 { fill: #0b5cad; } .dot-1 { fill: #b8560a; } .dot-2 { fill: #0a7a5a; } .dot-3 { fill: #a03c7a; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6eaf0; }
  .muted { fill: #9aa6b4; }
  .paper { fill: #14181d; }
  .ink { fill: #8cc8ff; }
  .stop { stop-color: #8cc8ff; }
  .line { stroke: #2b323b; }
  .mark { stroke: #9aa6b4; }
  .curve-0 { stroke: #6cb6ff; } .curve-1 { stroke: #f2a05c; }
  .curve-2 { stroke: #4fcfa4; } .curve-3 { stroke: #e08bbd; }
  .dot-0 { fill: #6cb6ff; } .dot-1 { fill: #f2a05c; } .dot-2 { fill: #4fcfa4; } .dot-3 { fill: #e08bbd; }
}
)";

constexpr char32_t kReplacement = 0xFFFD;

bool allowed_in_xml(char32_t c) { return c >= 0x20 ? c != 0xFFFE && c != 0xFFFF : c == '\t' || c == '\n' || c == '\r'; }

// In widths of an em.
double character_width(char32_t c) {
  constexpr std::u32string_view kNarrow = U" fijlrtI.,:;'|!()[]/\\-";
  constexpr std::u32string_view kWide = U"mwMW%@&";
  if (kNarrow.find(c) != std::u32string_view::npos) return 0.42;
  if (kWide.find(c) != std::u32string_view::npos) return 1.0;
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? 0.8 : 0.65;
  if (c >= 0x300 && c < 0x370) return 0;  // combining marks
  if (c < 0x250) return 0.8;              // Latin letters with marks
  return c < 0x1100 ? 0.95 : 1.05;        // other alphabets; full-width characters, arrows, emoji
}

}  // namespace

std::string markup_text(std::string_view text) {
  std::string markup;
  for (const char32_t c : code_points(text)) {
    switch (c) {
      case '&':
        markup += "&amp;";
        break;
      case '<':
        markup += "&lt;";
        break;
      case '>':
        markup += "&gt;";
        break;
      case '"':
        markup += "&quot;";
        break;
      case '\'':
        markup += "&#39;";
        break;
      default:
        append_utf8(allowed_in_xml(c) ? c : kReplacement, markup);
    }
  }
  return markup;
}

double text_width(std::string_view text, double font_size) {
  double width = 0;
  for (const char32_t c : code_points(text)) width += character_width(c);
  return width * font_size;
}

std::string shortened(std::string_view text, double width, double font_size) {
  if (text_width(text, font_size) <= width) return std::string(text);
  std::string beginning;
  double used = font_size;  // the ellipsis
  for (const char32_t c : code_points(text)) {
    used += character_width(c) * font_size;
    if (used > width) break;
    append_utf8(c, beginning);
  }
  return beginning + "\u2026";
}

std::string shortened_in_the_middle(std::string_view text, double width, double font_size) {
  if (text_width(text, font_size) <= width) return std::string(text);
  const std::u32string all = code_points(text);
  double room = width / font_size - 1;  // for the ellipsis
  size_t before = 0, after = 0;
  while (before + after < all.size()) {
    const bool at_end = after <= before;
    room -= character_width(at_end ? all[all.size() - 1 - after] : all[before]);
    if (room < 0) break;
    ++(at_end ? after : before);
  }
  std::string shown;
  for (const char32_t c : all.substr(0, before)) append_utf8(c, shown);
  shown += "\u2026";
  for (const char32_t c : all.substr(all.size() - after)) append_utf8(c, shown);
  return shown;
}

std::string svg_document(double width, double height, std::string_view title, std::string_view body) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
      "role=\"img\">\n<title>{2}</title>\n<style>{3}</style>\n"
      "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n{4}</svg>\n",
      width, height, markup_text(title), kStyle, body);
}

}  // namespace heed
