#pragma once

#include <cstddef>
#include <string>

namespace heed {

// A file, pipe or terminal that is read as its bytes arrive; "-" is standard input. Errors are DataErrors that name it.
class InputFile {
 public:
  // `name` is what messages call it. DataError where it cannot be opened or is a directory.
  InputFile(const std::string& path, std::string name);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  size_t read(char* data, size_t capacity);  // what there is, at least one byte; 0 at the end
  bool ready() const;                        // whether read() would return at once; true where that cannot be asked
  void wait() const;                         // until it is

 private:
  int poll_for(int milliseconds) const;

  std::string name_;
  int descriptor_ = -1;
};

}  // namespace heed
