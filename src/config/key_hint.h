#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed {

// What a person may have meant by a key that does not exist: a slip of the keyboard, a key of another section, a name
// of another toolkit (config/foreign_names.h), part of a name. Where nothing is near there is no guess.

// Names are sections or keys in full ("train.batch_tokens").
struct KeyHint {
  std::vector<std::string> names;     // all of them belong there ("and"), or one of them ("or")
  std::string_view conjunction = "";  // between them
  std::string_view note = "";         // what differs; without names, what to know instead

  bool empty() const { return names.empty() && note.empty(); }
};

// `name`: as typed, in full: "train.batch_size", "training.lr", "d_model".
KeyHint key_hint(std::string_view name);

// How messages write the keys that they suggest.
enum class KeySpelling {
  kInSection,  // as in a file: without the section where the faulty key stands in the same
  kFull,       // model.d_model
  kOption,     // --model.d_model
};

// "unknown key 'model.num_head' (did you mean 'num_heads'?)"; without a hint, what lists the keys there are.
std::string unknown_key(const std::string& name, KeySpelling spelling);

// "did you mean '--model.d_model'?" for a hint about `name` that is not empty.
std::string hint_text(const KeyHint& hint, std::string_view name, KeySpelling spelling);

// "heed config model lists its keys"; "" stands for the whole configuration.
std::string list_of_keys(std::string_view section);

}  // namespace heed
