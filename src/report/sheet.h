#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/histogram.h"

namespace heed {

// A report that a person reads at the terminal or as a page: what was found first, the numbers below.
struct Sheet {
  // What deserves a look, and where: "train.en:12 repeats train.en:3".
  struct Finding {
    bool is_grave = false;  // it spoils training or its scores
    std::string text;
    std::vector<std::string> places;  // all of them, or the first
    std::string rest;                 // what stands for those that are not listed: "and 1,204 more"; or ""
  };
  // A name and what stands beside it; rows of a section have equally many values, or fewer.
  struct Row {
    std::string name;
    std::vector<std::string> values;
  };
  struct Section {
    std::string title;
    std::vector<std::string> columns;  // heads of the values; or none
    std::vector<Row> rows;
    std::vector<Histogram> histograms;  // only on the page
  };

  std::string title;
  std::vector<Finding> findings;
  std::vector<Section> sections;
};

// Plain lines, aligned; a grave finding begins with '!', another with '-'. Names of files and what they hold are made
// printable (core/printable.h).
std::string sheet_text(const Sheet& sheet);

// One HTML page that holds everything it needs (no network, no script), light or dark as the reader prefers.
std::string sheet_page(const Sheet& sheet);

}  // namespace heed
