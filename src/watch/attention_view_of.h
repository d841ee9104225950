#pragma once

#include "decode/sentence_attention.h"
#include "report/attention_view.h"

namespace heed {

// What a model looked at, as the numbers that pictures are drawn from.
AttentionView attention_view_of(const SentenceAttention& attention);

}  // namespace heed
