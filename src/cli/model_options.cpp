#include "cli/model_options.h"

#include <algorithm>

#include "cli/threads.h"
#include "core/logging.h"

namespace heed {

TranslationModel load_model(const std::string& path, const CommonOptions& options, const CLI::App& command,
                            const std::vector<std::string>& more, const OpenKeys& open_keys) {
  std::vector<std::string> overrides = config_overrides(command);
  overrides.insert(overrides.end(), more.begin(), more.end());
  return load_model(path, options, overrides, open_keys);
}

TranslationModel load_model(const std::string& path, const CommonOptions& options,
                            const std::vector<std::string>& overrides, const OpenKeys& open_keys) {
  set_quiet(options.quiet);
  const int64_t cores = all_cores();
  const int64_t most = options.threads > 0 ? options.threads : cores;
  set_threads(most);  // loading computes, too
  TranslationModel model = load_translation_model(path, options.device, overrides, open_keys);
  const int64_t trained_with = model.config.run.threads;
  if (options.threads == 0 && trained_with > 0 && trained_with < cores) set_threads(trained_with);
  return model;
}

}  // namespace heed
