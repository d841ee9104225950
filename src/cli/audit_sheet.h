#pragma once

#include "cli/audit_result.h"
#include "report/sheet.h"

namespace heed {

// What `heed audit` shows a person: findings, the grave ones first, then each corpus in numbers and what an epoch
// costs.
Sheet audit_sheet(const AuditResult& result);

}  // namespace heed
