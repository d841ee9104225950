#pragma once

#include <string>

#include "cli/audit_result.h"

namespace heed {

// All numbers, in full. Keys are stable: more may come, none changes its meaning. Of every kind of finding all cases
// are counted, and the first Found::kKept listed with their file and line.
std::string audit_json(const AuditResult& result);

}  // namespace heed
