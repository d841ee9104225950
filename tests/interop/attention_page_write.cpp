// Writes the pictures of made-up numbers, for attention_page.py to look at.
//   attention_page_write DIRECTORY
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "core/atomic_file.h"
#include "report/attention_json.h"
#include "report/attention_page.h"
#include "report/curves.h"
#include "report/heat_map.h"
#include "report/heat_map_sheet.h"
#include "report/sample_attention.h"

namespace {

using namespace heed;

void write_attention(const std::filesystem::path& directory, int words) {
  const std::string name = std::to_string(words);
  const AttentionView view = sample_attention(words);
  write_file_atomically(directory / (name + ".html"),
                        attention_page(view, "Sample of " + name + " words </title> & more"));
  write_file_atomically(directory / (name + ".json"), attention_json(view));
  const AttentionMap map = choose_attention(view, {AttentionKind::kCross, 2, 1});
  write_file_atomically(directory / (name + "-pieces.svg"), heat_map_svg(heat_map(view, map)));
  const AttentionView merged = merge_to_words(view);
  const AttentionMap average = choose_attention(merged, {AttentionKind::kCross, 0, 0});
  write_file_atomically(directory / (name + "-words.svg"), heat_map_svg(heat_map(merged, average)));
}

void write_comparison(const std::filesystem::path& directory) {
  const std::vector<ModelAttention> models = {
      {"runs/a", sample_attention(8)},
      {"runs/</h2> & " + std::string(60, 'o') + "/step-00001000", sample_attention(8, 2, 6)}};
  write_file_atomically(directory / "models.html", comparison_page(models, "Models </title> & more"));
  write_file_atomically(directory / "models.json", comparison_json(models));
  for (const size_t copies : {1, 4}) {
    std::vector<HeatMap> maps;
    for (size_t i = 0; i < copies; ++i)
      for (const auto& [model, view] : models) {
        const AttentionView words = merge_to_words(view);
        maps.push_back(heat_map(words, choose_attention(words, {AttentionKind::kCross, 0, 0})));
        maps.back().title = model;
      }
    write_file_atomically(directory / ("models-" + std::to_string(maps.size()) + ".svg"),
                          heat_map_sheet_svg("Cross-attention, average over layers and heads", maps));
  }
}

Curve falling(const std::string& name, int points, double last_step, double noise) {
  Curve curve{name, {}};
  for (int i = 1; i <= points; ++i) {
    const double step = last_step * i / points, wave = noise * std::sin(step * 12.9898) * std::cos(step * 78.233);
    curve.points.push_back({step, 1.6 + 7 * std::exp(-step / 900) + wave});
  }
  return curve;
}

void write_curves(const std::filesystem::path& directory) {
  Curve bleu{"bleu", {}}, chrf{"chrf", {}};
  for (int step = 500; step <= 10000; step += 500) {
    bleu.points.push_back({double(step), 38 * (1 - std::exp(-step / 2500.0))});
    chrf.points.push_back({double(step), 61 * (1 - std::exp(-step / 1500.0))});
  }
  bleu.points[7].value = std::numeric_limits<double>::quiet_NaN();
  const std::vector<CurvePanel> panels = {
      {"loss", {falling("train", 20000, 10000, 0.4), falling("validation", 20, 10000, 0)}},
      {"BLEU", {bleu}},
      {"chrF", {chrf}}};
  write_file_atomically(directory / "curves.svg", curves_svg("Learning curves of <sample> & co", panels));
  write_file_atomically(
      directory / "curves-start.svg",
      curves_svg("Just begun", {{"loss", {{"train", {{50, 9.1}}}, {"validation", {}}}}, {"BLEU", {}}}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (const int words : {0, 1, 5, 60}) write_attention(argv[1], words);
  write_file_atomically(std::filesystem::path(argv[1]) / "none.html", attention_page({}, "A model without attention"));
  write_comparison(argv[1]);
  write_curves(argv[1]);
  return 0;
}
