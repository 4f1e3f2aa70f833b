-- Background jobs, and the files that import jobs brought in.

create table job (
    job_id           uuid primary key,
    kind             text not null constraint job_kind_check check (kind in ('import')),
    state            text not null default 'queued' constraint job_state_check
                     check (state in ('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled', 'interrupted')),
    created_by       uuid references app_user on delete set null,
    created_at       timestamptz not null default now(),
    started_at       timestamptz,
    finished_at      timestamptz,
    updated_at       timestamptz not null default now(),
    bytes_total      bigint constraint job_bytes_total_range check (bytes_total >= 0),
    bytes_done       bigint not null default 0 constraint job_bytes_done_range check (bytes_done >= 0),
    wafers           bigint not null default 0 constraint job_wafers_range check (wafers >= 0),
    defects          bigint not null default 0 constraint job_defects_range check (defects >= 0),
    cancel_requested boolean not null default false,
    error            text constraint job_error_length check (length(error) <= 4000),
    result           jsonb
);
create index job_created_idx on job (created_at desc, job_id desc);
create index job_created_by_idx on job (created_by, created_at desc);
create index job_unfinished_idx on job (state) where state in ('queued', 'running');
create trigger job_touch before update on job for each row execute function touch_updated_at();

create table import_file (
    import_file_id uuid primary key,
    job_id         uuid not null references job on delete cascade,
    file_name      text not null constraint import_file_file_name_length check (length(file_name) between 1 and 512),
    sha256         text constraint import_file_sha256_format check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes          bigint not null default 0 constraint import_file_bytes_range check (bytes >= 0),
    -- removed: was imported, all its inspections have been deleted since; it may come in again.
    state          text not null constraint import_file_state_check
                   check (state in ('imported', 'duplicate', 'refused', 'cancelled', 'removed')),
    duplicate_of   uuid references import_file on delete set null,
    klarf_version  text constraint import_file_klarf_version_length check (length(klarf_version) <= 16),
    wafers         bigint not null default 0 constraint import_file_wafers_range check (wafers >= 0),
    defects        bigint not null default 0 constraint import_file_defects_range check (defects >= 0),
    inspection_ids uuid[] not null default '{}',
    error          text constraint import_file_error_length check (length(error) <= 4000),
    diagnostics    jsonb not null default '[]' constraint import_file_diagnostics_array check (jsonb_typeof(diagnostics) = 'array'),
    -- What the import made: {"equipment": [], "wafers": [], "defect_types": [], "lots": []}.
    created        jsonb not null default '{}' constraint import_file_created_object check (jsonb_typeof(created) = 'object'),
    finished_at    timestamptz not null default clock_timestamp(),
    constraint import_file_imported_has_sha256 check (state <> 'imported' or sha256 is not null)
);
-- The same content cannot land twice, whoever brings it at the same moment.
create unique index import_file_imported_sha256_key on import_file (sha256) where state = 'imported';
create index import_file_job_idx on import_file (job_id, finished_at);
create index import_file_sha256_idx on import_file (sha256);
create index import_file_duplicate_of_idx on import_file (duplicate_of) where duplicate_of is not null;

alter table inspection add constraint inspection_import_job_fkey
    foreign key (import_job_id) references job on delete set null;

-- Once the last inspection of a file is gone the file may come in again.
create function release_import_of_inspection() returns trigger language plpgsql as $$
begin
    perform from import_file where sha256 = old.source_sha256 and state = 'imported' for update;
    update import_file set state = 'removed'
        where sha256 = old.source_sha256 and state = 'imported'
          and not exists (select from inspection where source_sha256 = old.source_sha256);
    return null;
end $$;
create trigger inspection_release_import after delete on inspection
    for each row when (old.source_sha256 is not null) execute function release_import_of_inspection();
