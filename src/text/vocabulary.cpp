#include "text/vocabulary.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/json_object.h"
#include "core/utf8.h"

namespace heed {

Vocabulary::Vocabulary(std::vector<std::string> pieces, const SpecialIds& special, const std::string& origin)
    : pieces_(std::move(pieces)), special_(special) {
  const auto fail = [&](const std::string& what) { throw DataError(origin + ": " + what); };
  ids_.reserve(pieces_.size());
  for (size_t id = 0; id < pieces_.size(); ++id) {
    const std::string& text = pieces_[id];
    if (text.empty()) fail("piece " + std::to_string(id) + " is empty");
    if (find_invalid_utf8(text)) fail("piece " + std::to_string(id) + " is not UTF-8");
    const auto [first, added] = ids_.emplace(text, static_cast<int32_t>(id));
    if (!added) {
      fail("piece '" + text + "' stands twice, as " + std::to_string(first->second) + " and " + std::to_string(id));
    }
  }
  const auto require = [&](const char* name, int64_t id) {
    if (id >= 0 && id < size()) return;
    fail(std::string("no ") + name + " piece (found id " + std::to_string(id) + " of " + std::to_string(size()) +
         " pieces)");
  };
  require("unk", special_.unk);
  require("bos", special_.bos);
  require("eos", special_.eos);
  if (special_.pad != -1) require("pad", special_.pad);
  const std::set<int64_t> ids{special_.pad, special_.unk, special_.bos, special_.eos};
  if (ids.size() < 4) fail("pad, unk, bos and eos must be different pieces");
}

bool Vocabulary::is_special(int64_t id) const {
  return id == special_.pad || id == special_.unk || id == special_.bos || id == special_.eos;
}

std::optional<int32_t> Vocabulary::find(std::string_view piece) const {
  const auto found = ids_.find(piece);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::string Vocabulary::to_json() const {
  nlohmann::ordered_json json;
  json["pad"] = special_.pad;
  json["unk"] = special_.unk;
  json["bos"] = special_.bos;
  json["eos"] = special_.eos;
  json["pieces"] = pieces_;
  return json.dump(1) + "\n";
}

Vocabulary Vocabulary::from_json(const JsonObject& json) {
  const SpecialIds special{json.integer_of("pad"), json.integer_of("unk"), json.integer_of("bos"),
                           json.integer_of("eos")};
  return Vocabulary(json.texts_of("pieces"), special, json.name());
}

}  // namespace heed
