drop table audit_log, session, app_user;
drop function refuse_audit_change(), touch_updated_at();
