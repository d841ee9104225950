#pragma once

#include <string>
#include <string_view>

namespace heed {

// What heat maps and curves share: text that is safe in markup, an estimate of how wide it is, and the document around
// a drawing. Lengths are CSS pixels.

// For the content and the attributes of XML and HTML: & < > " ' as entities; what XML 1.0 forbids (control characters
// but tab, LF and CR; U+FFFE, U+FFFF; ill-formed UTF-8) as U+FFFD.
std::string markup_text(std::string_view text);

// How wide the text is at most in the usual sans-serif fonts (made for DejaVu Sans, the widest of them), since nobody
// can measure before a font is chosen.
double text_width(std::string_view text, double font_size);

// The text, or as much of its beginning as fits the width together with an ellipsis.
std::string shortened(std::string_view text, double width, double font_size);

// The same with the ellipsis in the middle: for paths, which differ at either end.
std::string shortened_in_the_middle(std::string_view text, double width, double font_size);

// A standalone SVG on a painted background, light or dark as the reader prefers. Classes for the body:
//   text: title, label (default), muted; right: ends at its x      shapes: ink (fill), line (thin stroke),
//         mark (dashed stroke; solid: not dashed)
//   curve-0 .. curve-3: colour of a curve and of its texts, told apart by the colour blind too (Okabe and Ito 2008)
std::string svg_document(double width, double height, std::string_view title, std::string_view body);

}  // namespace heed
