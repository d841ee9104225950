#pragma once

#include <cstdint>
#include <type_traits>

namespace heed {

// The threads that this process computes with. A team of its own, not OpenMP's: ranges go to whoever is free, so that a
// core that another program keeps busy only takes less of the work; who has none left waits a moment on its core, in
// case there is more, and then sleeps.

// From here on `count` threads compute, this one among them; the others are started now. 1 until it is called. Throws
// std::system_error where the system does not give so many. REQUIRES: count >= 1, and nothing computes meanwhile.
void set_num_threads(int64_t count);
int64_t num_threads();

// What parallel_for calls: a reference to a function object that outlives the call.
class RangeBody {
 public:
  template <class Body>
  explicit RangeBody(const Body& body)
      : body_(&body),
        call_([](const void* of, int64_t begin, int64_t end) { (*static_cast<const Body*>(of))(begin, end); }) {}
  void operator()(int64_t begin, int64_t end) const { call_(body_, begin, end); }

 private:
  const void* body_;
  void (*call_)(const void* body, int64_t begin, int64_t end);
};
void parallel_for(int64_t items, int64_t grain, RangeBody body);

// Calls body(begin, end) for ranges that cover [0, items), each of at least `grain` items but for the last one, and
// returns when all are done. Within a body, and while another thread's call is under way, the caller does all. Of what
// ranges throw one is thrown.
template <class Body, class = std::enable_if_t<!std::is_same_v<Body, RangeBody>>>
void parallel_for(int64_t items, int64_t grain, const Body& body) {
  parallel_for(items, grain, RangeBody(body));
}

}  // namespace heed
