#include "core/spaceless_scripts.h"

#include "core/code_range.h"

namespace heed {
namespace {

constexpr CodeRange kWithoutSpaces[] = {
    {0x0E00, 0x0FFF},    // Thai, Lao, Tibetan
    {0x1000, 0x109F},    // Myanmar
    {0x1780, 0x17FF},    // Khmer
    {0x1950, 0x19FF},    // Tai Le, New Tai Lue, Khmer symbols
    {0x1A20, 0x1AAF},    // Tai Tham
    {0x2E80, 0x2FDF},    // radicals of Han
    {0x3005, 0x3007},    // iteration mark, closing mark, zero of Han
    {0x3021, 0x3029},    // numerals of Han
    {0x3031, 0x312F},    // iteration marks, Hiragana, Katakana, Bopomofo
    {0x31A0, 0x31BF},    // Bopomofo
    {0x31F0, 0x31FF},    // Katakana
    {0x3400, 0x4DBF},    // Han
    {0x4E00, 0xA4CF},    // Han, Yi
    {0xA9E0, 0xA9FF},    // Myanmar
    {0xAA60, 0xAADF},    // Myanmar, Tai Viet
    {0xF900, 0xFAFF},    // Han
    {0xFF66, 0xFF9F},    // Katakana of half width
    {0x1AFF0, 0x1B16F},  // kana
    {0x20000, 0x3FFFF},  // Han
};

}  // namespace

bool is_written_without_spaces(char32_t c) { return is_among(kWithoutSpaces, c); }

}  // namespace heed
