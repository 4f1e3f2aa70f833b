//! The audit log.

use contract::history::Change;
use entity::audit_log;

/// One entry.
pub fn change(row: audit_log::Model) -> Change {
    Change {
        audit_id: row.audit_id,
        at: row.at,
        username: row.username,
        action: row.action,
        entity: row.entity,
        entity_id: row.entity_id,
        before: row.before,
        after: row.after,
        ip: row.ip,
    }
}
