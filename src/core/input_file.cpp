#include "core/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/error.h"
#include "core/failure_text.h"
#include "core/uninterrupted.h"

namespace heed {

InputFile::InputFile(const std::string& path, std::string name) : name_(std::move(name)) {
  if (path == "-") {
    descriptor_ = STDIN_FILENO;
    return;
  }
  descriptor_ = uninterrupted([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (descriptor_ < 0) throw DataError(name_ + ": cannot be opened: " + failure_text(path, errno));
  struct stat status;
  if (fstat(descriptor_, &status) == 0 && S_ISDIR(status.st_mode)) {
    close(descriptor_);
    throw DataError(name_ + " is a directory, expected a text file");
  }
}

InputFile::~InputFile() {
  if (descriptor_ != STDIN_FILENO) close(descriptor_);
}

size_t InputFile::read(char* data, size_t capacity) {
  const ssize_t count = uninterrupted([&] { return ::read(descriptor_, data, capacity); });
  if (count < 0) throw DataError(name_ + ": cannot be read: " + failure_text(name_, errno));
  return static_cast<size_t>(count);
}

bool InputFile::ready() const { return poll_for(0) != 0; }

void InputFile::wait() const {
  uninterrupted([&] { return poll_for(-1); });
}

int InputFile::poll_for(int milliseconds) const {
  pollfd asked{descriptor_, POLLIN, 0};
  return poll(&asked, 1, milliseconds);
}

}  // namespace heed
