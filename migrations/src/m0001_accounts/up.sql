-- Who may sign in, the refresh tokens they hold, and what was changed by whom.

create function touch_updated_at() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end $$;

create table app_user (
    user_id             uuid primary key,
    email               text constraint app_user_email_length check (length(email) between 3 and 254),
    username            text not null constraint app_user_username_length check (length(username) between 1 and 64),
    display_name        text not null constraint app_user_display_name_length check (length(display_name) between 1 and 128),
    password_hash       text not null constraint app_user_password_hash_length check (length(password_hash) <= 512),
    role                text not null constraint app_user_role_check check (role in ('viewer', 'operator', 'engineer', 'admin')),
    active              boolean not null default true,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    password_changed_at timestamptz not null default now(),
    last_login_at       timestamptz
);
create unique index app_user_email_key on app_user (lower(email));
create unique index app_user_username_key on app_user (lower(username));
create trigger app_user_touch before update on app_user for each row execute function touch_updated_at();

-- One row a refresh token. All tokens that came from one sign-in are a family; the use of a token that was used
-- before revokes the family. Only the SHA-256 of a token is kept.
create table session (
    session_id     uuid primary key,
    family_id      uuid not null,
    user_id        uuid not null references app_user on delete cascade,
    token_hash     bytea not null constraint session_token_hash_key unique
                   constraint session_token_hash_length check (octet_length(token_hash) = 32),
    issued_at      timestamptz not null default now(),
    expires_at     timestamptz not null,
    used_at        timestamptz,
    replaced_by    uuid references session on delete set null,
    revoked_at     timestamptz,
    revoked_reason text constraint session_revoked_reason_length check (length(revoked_reason) <= 64),
    ip             text constraint session_ip_length check (length(ip) <= 64),
    user_agent     text constraint session_user_agent_length check (length(user_agent) <= 512)
);
create index session_family_idx on session (family_id);
create index session_user_idx on session (user_id, issued_at);
create index session_expires_idx on session (expires_at);
create index session_replaced_by_idx on session (replaced_by) where replaced_by is not null;

-- Append only. No foreign key to app_user: what a removed user did stays on record.
create table audit_log (
    audit_id   bigserial primary key,
    at         timestamptz not null default clock_timestamp(),
    user_id    uuid,
    username   text constraint audit_log_username_length check (length(username) <= 64),
    action     text not null constraint audit_log_action_length check (length(action) between 1 and 64),
    entity     text not null constraint audit_log_entity_length check (length(entity) between 1 and 64),
    entity_id  text not null constraint audit_log_entity_id_length check (length(entity_id) between 1 and 256),
    before     jsonb,
    after      jsonb,
    ip         text constraint audit_log_ip_length check (length(ip) <= 64),
    request_id text constraint audit_log_request_id_length check (length(request_id) <= 128)
);
create index audit_log_entity_idx on audit_log (entity, entity_id, audit_id desc);
create index audit_log_user_idx on audit_log (user_id, audit_id desc);
create index audit_log_at_idx on audit_log (at);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit_log is append only' using errcode = 'restrict_violation', constraint = 'audit_log_append_only';
end $$;
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse_audit_change();
