#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

// Where each key was set ("base.yaml:14:3", "command line: --model.norm"), for rules that concern several keys.
class KeyPlaces {
 public:
  // `elsewhere` is named where none of a rule's keys was set; "" names nothing.
  explicit KeyPlaces(std::string elsewhere) : elsewhere_(std::move(elsewhere)) {}

  void set_in_file(const std::string& key, const std::string& place) { in_file_[key] = place; }
  void set_on_command_line(const std::string& key, const std::string& place) { on_command_line_[key] = place; }

  // The place to blame: the first of the keys set on the command line, else the first set in the file.
  std::string of(std::initializer_list<std::string_view> keys) const {
    for (const auto* places : {&on_command_line_, &in_file_}) {
      for (std::string_view key : keys) {
        const auto found = places->find(key);
        if (found != places->end()) return found->second;
      }
    }
    return elsewhere_;
  }

  bool in_file(std::string_view key) const { return in_file_.find(key) != in_file_.end(); }
  bool on_command_line(std::string_view key) const { return on_command_line_.find(key) != on_command_line_.end(); }

  // Every key that was set, here or there, in alphabetical order.
  std::vector<std::string> keys() const {
    std::set<std::string> names;
    for (const auto* places : {&on_command_line_, &in_file_})
      for (const auto& [key, place] : *places) names.insert(key);
    return {names.begin(), names.end()};
  }

 private:
  std::string elsewhere_;
  std::map<std::string, std::string, std::less<>> in_file_;
  std::map<std::string, std::string, std::less<>> on_command_line_;
};

}  // namespace heed
