// Preloaded into heed (LD_PRELOAD) by fault_sweep.py and pruned_reader_test.cpp: one system call on a file fails, as
// disks, networks and signals make them fail.
//   FAULT_UNDER=DIRECTORY      calls on what lies in it count; an absolute path
//   FAULT_KIND=EIO             any call fails
//             ENOSPC           one that may need space fails
//             EINTR            one that a signal may interrupt fails
//             short            a read or write does half of what was asked
//             stop             none fails, but the process stops before one (SIGSTOP), for the world to change
//             meanwhile
//   FAULT_AT=N                 it is the N-th of the calls that the kind can befall, the first is 1
//   FAULT_REPORT=FILE          "CALL PATH" is written there when it happens; without such a file there were fewer calls
// A close that fails has closed, as on Linux. Calls that glibc makes itself are out of reach, so fopen and opendir
// count. No signal interrupts openat, by which libstdc++ reads directories and which it does not make again.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

// What a call can suffer besides EIO.
struct Nature {
  bool takes_space = false, waits = false, has_length = false;
};
constexpr Nature kPlain{}, kSpace{true}, kWaits{false, true}, kSync{true, true}, kRead{false, true, true},
    kWrite{true, true, true};

std::string setting(const char* name) {
  const char* const text = getenv(name);
  return text ? text : "";
}

struct Plan {
  std::string under = setting("FAULT_UNDER"), kind = setting("FAULT_KIND"), report = setting("FAULT_REPORT");
  long at = atol(setting("FAULT_AT").c_str());

  bool befalls(const Nature& nature) const {
    return kind == "EIO" || kind == "stop" || (kind == "ENOSPC" && nature.takes_space) ||
           (kind == "EINTR" && nature.waits) || (kind == "short" && nature.has_length);
  }
  int error() const { return kind == "ENOSPC" ? ENOSPC : kind == "EINTR" ? EINTR : EIO; }
};

// Not destroyed: calls are made until the very end.
const Plan& plan() {
  static const Plan& one = *new Plan;
  return one;
}

std::atomic<long> calls{0};

std::string target_of(const std::string& link) {
  char path[PATH_MAX];
  const ssize_t length = syscall(SYS_readlink, link.c_str(), path, sizeof path);
  return length < 0 ? "" : std::string(path, static_cast<size_t>(length));
}

std::string path_of(int descriptor) { return target_of("/proc/self/fd/" + std::to_string(descriptor)); }

std::string path_of(int directory, const char* path) {
  if (path[0] == '/') return path;
  return (directory == AT_FDCWD ? target_of("/proc/self/cwd") : path_of(directory)) + "/" + path;
}

void report(const char* call, const std::string& path) {
  const std::string text = std::string(call) + " " + path + "\n";
  const long file = syscall(SYS_open, plan().report.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  syscall(SYS_write, file, text.data(), text.size());
  syscall(SYS_close, file);
}

// Whether this call is the one; then errno says what it suffers.
bool is_struck(const char* call, const std::string& path, const Nature& nature) {
  if (plan().under.empty() || !path.starts_with(plan().under) || !plan().befalls(nature) || ++calls != plan().at)
    return false;
  report(call, path);
  if (plan().kind == "stop") {
    raise(SIGSTOP);
    return false;
  }
  errno = plan().error();
  return true;
}

bool is_struck(const char* call, const char* path, const Nature& nature) {
  return is_struck(call, path_of(AT_FDCWD, path), nature);
}

bool is_struck(const char* call, int descriptor, const Nature& nature) {
  const int before = errno;
  const std::string path = path_of(descriptor);
  errno = before;
  return is_struck(call, path, nature);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

Nature opening(int flags) { return (flags & O_CREAT) != 0 ? kSync : kWaits; }

// A read or write of `size` bytes: `make(size)` unless it is struck, and then with half of them where that is the kind.
template <class Make>
ssize_t transfer(const char* call, int descriptor, const Nature& nature, size_t size, Make make) {
  if (plan().kind == "short" && size < 2) return make(size);
  if (!is_struck(call, descriptor, nature)) return make(size);
  return plan().kind == "short" ? make(size / 2) : -1;
}

mode_t mode_of(int flags, va_list rest) { return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0; }

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return is_struck("open", path, opening(flags)) ? -1 : next<int(const char*, int, ...)>("open")(path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  if (is_struck("openat", path_of(directory, path), (flags & O_CREAT) != 0 ? kSpace : kPlain)) return -1;
  return next<int(int, const char*, int, ...)>("openat")(directory, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  if (is_struck("fopen", path, mode[0] == 'r' ? kWaits : kSync)) return nullptr;
  return next<FILE*(const char*, const char*)>("fopen")(path, mode);
}

DIR* opendir(const char* path) {
  return is_struck("opendir", path, kPlain) ? nullptr : next<DIR*(const char*)>("opendir")(path);
}

ssize_t read(int file, void* data, size_t size) {
  return transfer("read", file, kRead, size,
                  [&](size_t count) { return next<ssize_t(int, void*, size_t)>("read")(file, data, count); });
}

ssize_t pread(int file, void* data, size_t size, off_t offset) {
  return transfer("pread", file, kRead, size, [&](size_t count) {
    return next<ssize_t(int, void*, size_t, off_t)>("pread")(file, data, count, offset);
  });
}

ssize_t write(int file, const void* data, size_t size) {
  return transfer("write", file, kWrite, size,
                  [&](size_t count) { return next<ssize_t(int, const void*, size_t)>("write")(file, data, count); });
}

ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
  return transfer("pwrite", file, kWrite, size, [&](size_t count) {
    return next<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, data, count, offset);
  });
}

// A short one does the first part, as it is or halved.
ssize_t writev(int file, const iovec* parts, int count) {
  if (!is_struck("writev", file, kWrite)) return next<ssize_t(int, const iovec*, int)>("writev")(file, parts, count);
  if (plan().kind != "short") return -1;
  const iovec part = {parts[0].iov_base, count > 1 ? parts[0].iov_len : parts[0].iov_len / 2};
  return next<ssize_t(int, const iovec*, int)>("writev")(file, &part, 1);
}

int fsync(int file) { return is_struck("fsync", file, kSync) ? -1 : next<int(int)>("fsync")(file); }
int fdatasync(int file) { return is_struck("fdatasync", file, kSync) ? -1 : next<int(int)>("fdatasync")(file); }

int close(int file) {
  const bool struck = is_struck("close", file, kSync);
  const int error = errno;
  const int result = next<int(int)>("close")(file);
  if (!struck) return result;
  errno = error;
  return -1;
}

int flock(int file, int operation) noexcept {
  return is_struck("flock", file, kWaits) ? -1 : next<int(int, int)>("flock")(file, operation);
}

int ftruncate(int file, off_t size) noexcept {
  return is_struck("ftruncate", file, kSync) ? -1 : next<int(int, off_t)>("ftruncate")(file, size);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the system's
void* mmap(void* at, size_t size, int protection, int flags, int file, off_t offset) noexcept {
  if (file >= 0 && is_struck("mmap", file, kPlain)) return MAP_FAILED;
  return next<void*(void*, size_t, int, int, int, off_t)>("mmap")(at, size, protection, flags, file, offset);
}

int mkdir(const char* path, mode_t mode) noexcept {
  return is_struck("mkdir", path, kSpace) ? -1 : next<int(const char*, mode_t)>("mkdir")(path, mode);
}

int rmdir(const char* path) noexcept {
  return is_struck("rmdir", path, kPlain) ? -1 : next<int(const char*)>("rmdir")(path);
}

int unlink(const char* path) noexcept {
  return is_struck("unlink", path, kPlain) ? -1 : next<int(const char*)>("unlink")(path);
}

int unlinkat(int directory, const char* path, int flags) noexcept {
  if (is_struck("unlinkat", path_of(directory, path), kPlain)) return -1;
  return next<int(int, const char*, int)>("unlinkat")(directory, path, flags);
}

int remove(const char* path) noexcept {
  return is_struck("remove", path, kPlain) ? -1 : next<int(const char*)>("remove")(path);
}

// Of two paths the one that comes into being counts.
int rename(const char* from, const char* to) noexcept {
  return is_struck("rename", to, kSpace) ? -1 : next<int(const char*, const char*)>("rename")(from, to);
}

int renameat(int old_directory, const char* from, int directory, const char* to) noexcept {
  if (is_struck("renameat", path_of(directory, to), kSpace)) return -1;
  return next<int(int, const char*, int, const char*)>("renameat")(old_directory, from, directory, to);
}

int renameat2(int old_directory, const char* from, int directory, const char* to, unsigned flags) noexcept {
  if (is_struck("renameat2", path_of(directory, to), kSpace)) return -1;
  return next<int(int, const char*, int, const char*, unsigned)>("renameat2")(old_directory, from, directory, to,
                                                                              flags);
}

int link(const char* from, const char* to) noexcept {
  return is_struck("link", to, kSpace) ? -1 : next<int(const char*, const char*)>("link")(from, to);
}

int linkat(int old_directory, const char* from, int directory, const char* to, int flags) noexcept {
  if (is_struck("linkat", path_of(directory, to), kSpace)) return -1;
  return next<int(int, const char*, int, const char*, int)>("linkat")(old_directory, from, directory, to, flags);
}

int symlink(const char* target, const char* path) noexcept {
  return is_struck("symlink", path, kSpace) ? -1 : next<int(const char*, const char*)>("symlink")(target, path);
}

int futimens(int file, const timespec times[2]) noexcept {
  return is_struck("futimens", file, kPlain) ? -1 : next<int(int, const timespec*)>("futimens")(file, times);
}

int utimensat(int directory, const char* path, const timespec times[2], int flags) noexcept {
  if (is_struck("utimensat", path_of(directory, path), kPlain)) return -1;
  return next<int(int, const char*, const timespec*, int)>("utimensat")(directory, path, times, flags);
}

int statvfs(const char* path, struct statvfs* disk) noexcept {
  return is_struck("statvfs", path, kPlain) ? -1 : next<int(const char*, struct statvfs*)>("statvfs")(path, disk);
}

// The names under which programs with 64-bit offsets call the same functions.
int open64(const char*, int, ...) __attribute__((alias("open")));
int openat64(int, const char*, int, ...) __attribute__((alias("openat")));
FILE* fopen64(const char*, const char*) __attribute__((alias("fopen")));
ssize_t pread64(int, void*, size_t, off64_t) __attribute__((alias("pread")));
ssize_t pwrite64(int, const void*, size_t, off64_t) __attribute__((alias("pwrite")));
int ftruncate64(int, off64_t) noexcept __attribute__((alias("ftruncate")));
void* mmap64(void*, size_t, int, int, int, off64_t) noexcept __attribute__((alias("mmap")));

}  // extern "C"
