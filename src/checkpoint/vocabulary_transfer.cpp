#include "checkpoint/vocabulary_transfer.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "checkpoint/tensor_check.h"
#include "core/error.h"
#include "tensor/id_tensor.h"

namespace heed {
namespace {

// Rows of the same piece: ids in the one vocabulary and in the other.
struct RowMap {
  std::vector<int64_t> from, to;
};

std::optional<int64_t> same_piece(int64_t id, const Vocabulary& to, const Vocabulary& from) {
  const SpecialIds &mine = to.special(), &theirs = from.special();
  if (id == mine.eos) return theirs.eos;
  if (id == mine.bos) return theirs.bos;
  if (id == mine.unk) return theirs.unk;
  if (id == mine.pad) return theirs.pad < 0 ? std::nullopt : std::optional(theirs.pad);
  const auto found = from.find(to.piece(id));
  if (!found || from.is_special(*found)) return std::nullopt;
  return *found;
}

RowMap row_map(const Vocabulary& to, const Vocabulary& from) {
  RowMap map;
  for (int64_t id = 0; id < to.size(); ++id)
    if (const auto other = same_piece(id, to, from)) {
      map.from.push_back(*other);
      map.to.push_back(id);
    }
  return map;
}

// `fresh` with the rows of `old` that `map` names.
at::Tensor with_carried_rows(const at::Tensor& fresh, const at::Tensor& old, const RowMap& map) {
  at::Tensor result = fresh.clone();
  result.index_copy_(0, id_tensor(map.to, at::kCPU),
                     old.index_select(0, id_tensor(map.from, at::kCPU)).to(fresh.scalar_type()));
  return result;
}

}  // namespace

CarriedPieces load_weights_by_piece(EncoderDecoder& model, TensorMap found, const Tokenizers& from,
                                    const Tokenizers& to, const std::string& origin) {
  const RowMap source = row_map(to.source->vocabulary(), from.source->vocabulary());
  const RowMap target = row_map(to.target->vocabulary(), from.target->vocabulary());
  const TensorMap fresh = weights_of(*model);
  const auto carry = [&](const std::string& name, const RowMap& map, const Vocabulary& words) {
    const auto old = found.find(name);
    const auto now = fresh.find(name);
    if (old == found.end() || now == fresh.end()) return;  // a difference that load_weights names
    if (old->second.dim() == 0 || old->second.size(0) != words.size())
      throw CheckpointError(fmt::format("{}: tensor '{}' has other rows than the {} pieces of its vocabulary", origin,
                                        name, words.size()));
    if (old->second.sizes().slice(1) == now->second.sizes().slice(1))
      old->second = with_carried_rows(now->second.cpu(), old->second, map);
  };
  carry("embedding.weight", target, from.target->vocabulary());
  carry("source_embedding.weight", source, from.source->vocabulary());
  carry("target_embedding.weight", target, from.target->vocabulary());
  carry("output.weight", target, from.target->vocabulary());
  carry("output.bias", target, from.target->vocabulary());
  load_weights(*model, found, origin);
  return {static_cast<int64_t>(source.to.size()), static_cast<int64_t>(target.to.size())};
}

}  // namespace heed
