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
  Call(const QueryKeyValue& x, const PackedAttention& options)
      : query(heads_of(x.query, options.num_heads)),
        key(heads_of(x.key, options.num_heads)),
        value(heads_of(x.value, options.num_heads)),
        query_ends(options.queries.on(query.device()).starts),
        key_ends(options.keys.on(query.device()).starts),
        max_query_length(options.queries.max_length()),
        max_key_length(options.keys.max_length()),
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

bool flash_fits(const QueryKeyValue& x, const PackedAttention& options) {
  const int64_t head_size = x.query.size(1) / options.num_heads;
  const bool half = x.query.scalar_type() == at::kBFloat16 || x.query.scalar_type() == at::kHalf;
  return half && head_size % 8 == 0 && head_size <= kLargestHead && options.dropout.rate == 0 &&
         !options.key_rows.defined() && options.queries.num_rows() > 0 && options.queries.is_packed() &&
         options.keys.is_packed();
}

at::Tensor flash_attention(const QueryKeyValue& x, const PackedAttention& options) {
  return std::get<0>(Call(x, options).forward()).reshape({x.query.size(0), x.query.size(1)});
}

void flash_attention_backward(const QueryKeyValue& x, const PackedAttention& options, const at::Tensor& output_gradient,
                              const QueryKeyValue& gradients) {
  const Call call(x, options);
  const auto [output, log_sums, seed, unused, mask] = call.forward();
  const DeterministicScope deterministic;
  const auto [dq, dk, dv] = at::_flash_attention_backward(
      heads_of(output_gradient, options.num_heads), call.query, call.key, call.value, output, log_sums, call.query_ends,
      call.key_ends, call.max_query_length, call.max_key_length, /*dropout_p=*/0, call.causal, seed, unused);
  heads_of(gradients.query, options.num_heads).copy_(dq);
  heads_of(gradients.key, options.num_heads).copy_(dk);
  heads_of(gradients.value, options.num_heads).copy_(dv);
}

}  // namespace heed::cuda
