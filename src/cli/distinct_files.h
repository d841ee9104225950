#pragma once

#include <string>
#include <vector>

namespace heed {

// A file that a command reads or writes, and the option it comes from; "-" is standard input or output.
struct NamedFile {
  std::string option, path;
};

// ConfigError where an output is one of the inputs (it would be emptied before it is read) or another output, under
// whatever name: links and redirections are followed. Empty paths, devices and pipes are left out. ConfigError, too,
// for an output in a checkpoint's directory, or in place of a file by which a run goes on.
void require_distinct(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs);

}  // namespace heed
