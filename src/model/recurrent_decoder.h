#pragma once

#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <memory>
#include <vector>

#include "config/model_config.h"
#include "model/decoder.h"
#include "model/recurrent_rows.h"
#include "nn/linear.h"
#include "nn/recurrent_attention.h"
#include "nn/recurrent_cell.h"

namespace heed {

// Recurrent decoder with attention, num_decoder_layers deep. `y` is the embedded input token, s the top layer's state.
//   bahdanau   c = attend(s_before); s = cells([y; c], s_before); row = maxout(readout([s_before; y; c]))
//              Bahdanau et al. 2015, appendix A.2.2: the readout sees the state before the token, and so do we
//   luong      s = cells([y; row_before], s_before); c = attend(s); row = tanh(readout([c; s]))
//              Luong et al. 2015, sections 3 and 3.3 (input feeding, model.input_feeding)
class RecurrentDecoderImpl : public Decoder {
 public:
  explicit RecurrentDecoderImpl(const ModelConfig& config);
  torch::Tensor forward(const Tokens& tokens, const Segments& target, const Memory& memory, Pass& pass) override;
  std::unique_ptr<DecoderState> start(const Memory& memory) override;

  struct Sight {  // what the rows of a step may look at
    const AttendedMemory& memory;
    Segments reach;  // one segment for each row
    int64_t position;
    bool wants_weights;
  };
  // One step of a decoding, which moves `rows` on: (R, D).
  torch::Tensor step(const Tokens& tokens, const Sight& sight, RecurrentRows& rows);

  std::vector<RecurrentCell> cells;
  Linear feed{nullptr};    // of the context (bahdanau) or the last row (luong) into the first cell's gates
  Linear bridge{nullptr};  // of the encoder's summary into each layer's first state, (layers * D)
  RecurrentAttention attention{nullptr};
  Linear readout{nullptr};

 private:
  struct Masks;  // dropout of one pass
  struct Step {  // one step's results, (R, D) each, and its weights (R, H, columns)
    torch::Tensor state, context, attentional, weights;  // the state that attends
  };

  RecurrentRows first_rows(const Memory& memory);
  Step advance(const torch::Tensor& input_gates, const Sight& sight, RecurrentRows& rows, const Masks& masks);
  StepAttention look(const torch::Tensor& states, const Sight& sight, const Masks& masks);
  void run_cells(const torch::Tensor& input_gates, RecurrentRows& rows, const Masks& masks);
  torch::Tensor rows_of(const std::vector<Step>& steps, const torch::Tensor& embedded);

  bool luong_, input_feeding_, variational_;
  BridgeType bridge_type_;
  double dropout_;
  int64_t d_model_;
};
TORCH_MODULE(RecurrentDecoder);

}  // namespace heed
