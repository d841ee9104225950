#pragma once

#include <stdexcept>
#include <string>

namespace heed {

// What goes wrong for reasons outside the program. A message is one line that says where (file, line, column where
// there is one), what was expected, what was found and, if it helps, what to do. Caught once, in cli/main.cpp.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

// The configuration or the command line is wrong: exit code 2.
class ConfigError : public Error {
 public:
  using Error::Error;
};

// The system does not let a file be read now (no permission, too many open files, a failing disk): it may be whole all
// the same.
class UnreadableError : public Error {
 public:
  using Error::Error;
};

// A corpus, vocabulary or other text file is wrong: exit code 1.
class DataError : public Error {
 public:
  using Error::Error;
};

// A checkpoint is damaged, does not fit or cannot be written: exit code 1.
class CheckpointError : public Error {
 public:
  using Error::Error;
};

// The work is done and stays, but what should have checked it could not run: exit code 3.
class UnverifiedError : public Error {
 public:
  using Error::Error;
};

// Whoever read standard output has gone away, as `| head` does when it has enough. No fault, and nobody is left to be
// told: the program ends without a word, with exit code 0.
class ReaderGone : public Error {
 public:
  ReaderGone() : Error("standard output: its reader has closed the pipe") {}
};

}  // namespace heed
