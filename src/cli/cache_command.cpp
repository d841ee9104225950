#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "core/error.h"
#include "core/failure_text.h"
#include "core/line_writer.h"
#include "core/logging.h"
#include "core/printable.h"
#include "data/cache_listing.h"
#include "data/parallel_corpus.h"
#include "watch/report_text.h"

namespace heed {
namespace {

struct CacheOptions {
  CommonOptions common;
  DataConfig data;  // cache_directory
  std::optional<int64_t> prune;
};

std::string counted(size_t count, const std::string& one, const std::string& many) {
  return count_text(static_cast<int64_t>(count)) + " " + (count == 1 ? one : many);
}

// "3 corpora and 1 leftover of a killed process, 1,234 bytes"
std::string summary(const CacheListing& listing) {
  std::string text = counted(listing.corpora.size(), "corpus", "corpora");
  if (!listing.leftovers.empty())
    text += " and " + counted(listing.leftovers.size(), "leftover", "leftovers") + " of killed processes";
  return text + ", " + count_text(static_cast<int64_t>(listing.bytes())) + " bytes";
}

void list(const CacheListing& listing, LineWriter& output) {
  if (!listing.corpora.empty()) output.write_line(fmt::format("  {:<19} {:>17}  {}", "last used", "bytes", "file"));
  for (const CachedFile& corpus : listing.corpora)
    output.write_line(fmt::format("  {:<19} {:>17}  {}", local_time_text(corpus.last_used),
                                  count_text(static_cast<int64_t>(corpus.bytes)), corpus.path.filename().string()));
}

void look_after_cache(const CacheOptions& options) {
  set_quiet(options.common.quiet);
  const std::filesystem::path directory = corpus_cache_directory(options.data);
  if (!options.data.cache_directory.empty() && !std::filesystem::is_directory(directory))
    throw ConfigError("--directory " + directory.string() + ": there is no such directory" + relative_note(directory));
  LineWriter output("-");
  const std::string name = printable(directory.string());
  if (options.prune) output.write_line(name + ": removed " + summary(prune_cache(directory, *options.prune)));
  const CacheListing listing = list_cache(directory);
  output.write_line(name + ": " + summary(listing));
  list(listing, output);
  output.close();
}

}  // namespace

void add_cache_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("cache", "what lies in the cache of tokenised corpora, and remove it");
  auto options = std::make_shared<CacheOptions>();
  add_common_options(*command, options->common);
  command->add_option("--directory", options->data.cache_directory,
                      "data.cache_directory of the config that made it (default: where Heed caches without that key)");
  command
      ->add_option("--prune", options->prune,
                   "remove corpora that were not used within this many days (0: all) and what killed processes left")
      ->check(CLI::Range(int64_t{0}, int64_t{1'000'000}));
  command->footer(
      "A corpus is tokenised once and kept here, however many runs train on it. Nothing is lost by removing it: the\n"
      "next run tokenises it again. Runs in progress are not disturbed; the space of what they use is free when they "
      "end.");
  command->callback([options] { look_after_cache(*options); });
}

}  // namespace heed
