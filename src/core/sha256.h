#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace heed {

// SHA-256 (FIPS 180-4) over OpenSSL, fed piece by piece. Movable, not copyable, not thread safe.
class Sha256 {
 public:
  Sha256();

  void update(std::string_view bytes);

  // 64 lower-case hexadecimal digits of everything fed so far. Ends the computation: nothing may follow.
  std::string hex();

 private:
  struct FreeContext {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, FreeContext> context_;  // EVP_MD_CTX, which stays out of this header
};

std::string sha256_hex(std::string_view bytes);

}  // namespace heed
