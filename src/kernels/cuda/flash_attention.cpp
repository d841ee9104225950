#include "kernels/cuda/flash_attention.h"

#include <ATen/Context.h>
#include <ATen/ops/_flash_attention_backward.h>
#include <ATen/ops/_flash_attention_forward.h>

namespace heed::cuda {
namespace {

constexpr int64_t kLargestHead = 256;

// FlashAttention adds the query's gradient by atomics, in no fixed order, unless deterministic algorithms are asked
// for. Those would also fill every new tensor with NaN: not wanted.
class DeterministicScope {
 public:
  DeterministicScope() {
    context_.setDeterministicAlgorithms(true, /*warn_only=*/false);
    context_.setDeterministicFillUninitializedMemory(false);
  }
  ~DeterministicScope() {
    context_.setDeterministicAlgorithms(before_, warned_);
    context_.setDeterministicFillUninitializedMemory(filled_);
  }
  DeterministicScope(const DeterministicScope&) = delete;
  DeterministicScope& operator=(const DeterministicScope&) = delete;

 private:
  at::Context& context_ = at::globalContext();
  bool before_ = context_.deterministicAlgorithms(), warned_ = context_.deterministicAlgorithmsWarnOnly();
  bool filled_ = context_.deterministicFillUninitializedMemory();
};

at::Tensor heads_of(const at::Tensor& rows, int64_t num_heads) {  // (N, D) -> (N, H, K), a view
  return rows.unflatten(1, {num_heads, rows.size(1) / num_heads});
}

struct Call {
  Call(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Segments& query_segments,
       const Segments& key_segments, const PackedAttention& options)
      : query(heads_of(q, options.num_heads)),
        key(heads_of(k, options.num_heads)),
        value(heads_of(v, options.num_heads)),
        query_ends(query_segments.on(q.device()).starts),
        key_ends(key_segments.on(q.device()).starts),
        max_query_length(query_segments.max_length()),
        max_key_length(key_segments.max_length()),
        causal(options.causal) {}

  auto forward() const {
    return at::_flash_attention_forward(query, key, value, query_ends, key_ends, max_query_length, max_key_length,
                                        /*dropout_p=*/0, causal, /*return_debug_mask=*/false);
  }

  at::Tensor query, key, value, query_ends, key_ends;
  int64_t max_query_length, max_key_length;
  bool causal;
};

}  // namespace

bool flash_fits(const at::Tensor& query, const Segments& query_segments, const Segments& key_segments,
                const PackedAttention& options) {
  const int64_t head_size = query.size(1) / options.num_heads;
  const bool half = query.scalar_type() == at::kBFloat16 || query.scalar_type() == at::kHalf;
  return half && head_size % 8 == 0 && head_size <= kLargestHead && options.dropout.rate == 0 &&
         query_segments.num_rows() > 0 && query_segments.is_packed() && key_segments.is_packed();
}

at::Tensor flash_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           const Segments& query_segments, const Segments& key_segments,
                           const PackedAttention& options) {
  const Call call(query, key, value, query_segments, key_segments, options);
  return std::get<0>(call.forward()).reshape({query.size(0), query.size(1)});
}

void flash_attention_backward(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                              const Segments& query_segments, const Segments& key_segments,
                              const PackedAttention& options, const at::Tensor& output_gradient,
                              const std::tuple<at::Tensor, at::Tensor, at::Tensor>& gradients) {
  const Call call(query, key, value, query_segments, key_segments, options);
  const auto [output, log_sums, seed, unused, mask] = call.forward();
  const DeterministicScope deterministic;
  const auto [dq, dk, dv] = at::_flash_attention_backward(
      heads_of(output_gradient, options.num_heads), call.query, call.key, call.value, output, log_sums, call.query_ends,
      call.key_ends, call.max_query_length, call.max_key_length, /*dropout_p=*/0, call.causal, seed, unused);
  heads_of(std::get<0>(gradients), options.num_heads).copy_(dq);
  heads_of(std::get<1>(gradients), options.num_heads).copy_(dk);
  heads_of(std::get<2>(gradients), options.num_heads).copy_(dv);
}

}  // namespace heed::cuda
