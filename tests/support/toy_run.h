#pragma once

#include <string>
#include <vector>

#include "support/process.h"

namespace heed::testing {

// A scratch directory with a small toy corpus and a config that trains on it with the real binary in seconds.
class ToyRun {
 public:
  explicit ToyRun(const std::string& task = "reverse", const std::string& lines = "300") {
    run({HEED_BINARY, "toy", task, (scratch_ / "data").string(), "--lines", lines, "--quiet"}, scratch_);
    const auto corpus = [&](const std::string& part) {
      const std::string stem = (scratch_ / "data").string() + "/" + part;
      return part + ": {source: " + stem + ".source, target: " + stem + ".target}";
    };
    put(config(), "run: {directory: " + (scratch_ / "run").string() + ", threads: 1}\n" +  //
                      "data: {" + corpus("train") + ", " + corpus("validation") + ", " + corpus("test") +
                      ", cache_directory: " + (scratch_ / "cache").string() + "}\n" +
                      "tokenizer: {type: none, shared: true}\n"
                      "model: {d_model: 32, d_ff: 64, num_heads: 2, num_encoder_layers: 1, num_decoder_layers: 1}\n"
                      "train: {max_steps: 40, batch_tokens: 300, save_every: 0, validate_every: 0, log_every: 10}\n"
                      "decode: {max_length: 40}\n");
  }

  std::string config() const { return scratch_ / "config.yaml"; }
  std::string directory() const { return scratch_ / "run"; }
  const ScratchDirectory& scratch() const { return scratch_; }

  std::vector<std::string> command(const std::vector<std::string>& words) const {
    std::vector<std::string> command = {HEED_BINARY};
    command.insert(command.end(), words.begin(), words.end());
    return command;
  }
  Ended heed(const std::vector<std::string>& words, const std::string& input = "") const {
    return run(command(words), scratch_, input);
  }
  Ended train(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> words = {"train", config()};
    words.insert(words.end(), options.begin(), options.end());
    return heed(words);
  }

 private:
  ScratchDirectory scratch_;
};

}  // namespace heed::testing
