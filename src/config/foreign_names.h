#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace heed {

// What Marian, Joey NMT, fairseq, OpenNMT-py, Sockeye, Hugging Face and PyTorch call what Heed's keys say.

// Some names of other toolkits, in canonical form (config/nearest_key.h), separated by spaces. "sampling" holds
// wherever it stands, "decode.sampling" in that section only, ".name" outside of all sections only.
struct ForeignNames {
  std::string_view keys;  // Heed's keys or sections, separated by spaces; "": Heed has no such thing
  std::string_view names;
  std::string_view note = "";  // what differs, or what to do instead; may be ""
};

std::span<const ForeignNames> foreign_names();

// The row that has exactly this name, or null.
const ForeignNames* find_foreign(std::string_view name);

std::vector<std::string_view> split_at_spaces(std::string_view text);

}  // namespace heed
