#include "cli/model_options.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <thread>

#include "core/logging.h"

namespace heed {

TranslationModel load_model(const std::string& path, const CommonOptions& options, const CLI::App& command,
                            const std::vector<std::string>& more, const OpenKeys& open_keys) {
  std::vector<std::string> overrides = config_overrides(command);
  overrides.insert(overrides.end(), more.begin(), more.end());
  set_quiet(options.quiet);
  TranslationModel model = load_translation_model(path, options.device, overrides, open_keys);
  const int64_t cores = std::max(1u, std::thread::hardware_concurrency()), trained_with = model.config.run.threads;
  const int64_t usual = trained_with == 0 ? cores : std::min(trained_with, cores);
  at::set_num_threads(static_cast<int>(options.threads > 0 ? options.threads : usual));
  return model;
}

}  // namespace heed
