#pragma once

#include <vector>

#include "config/field.h"

namespace heed {

enum class Metric { kBleu, kChrf };
constexpr auto enum_names(Metric) {
  return std::to_array<EnumName<Metric>>({{Metric::kBleu, "bleu"}, {Metric::kChrf, "chrf"}});
}

struct EvalConfig {
  std::vector<Metric> metrics = {Metric::kBleu, Metric::kChrf};

  bool operator==(const EvalConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("metrics", &EvalConfig::metrics, "scores computed at every validation");
  }
};

}  // namespace heed
