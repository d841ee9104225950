#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/audit_result.h"
#include "report/sheet.h"

namespace heed {

// What of it deserves a look, the grave findings first; one that says so where nothing does.
std::vector<Sheet::Finding> audit_findings(const AuditResult& result);

// "0.3 %"; "< 0.1 %" of what there is but hardly.
std::string percent_text(int64_t part, int64_t whole);

// "1 pair", "1,204 pairs"
std::string counted_text(int64_t count, const std::string& one);

}  // namespace heed
