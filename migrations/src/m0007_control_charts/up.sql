-- Control charts that engineers own, their limits with versions, what broke them at import, and the alerts that opens.

create table control_chart (
    control_chart_id uuid primary key,
    name             text not null constraint control_chart_name_length check (length(name) between 1 and 128),
    description      text not null default '' constraint control_chart_description_length check (length(description) <= 2000),
    -- What it watches: the filter bar without window, lots and wafers.
    scope            jsonb not null constraint control_chart_scope_object check (jsonb_typeof(scope) = 'object'),
    metric           text not null constraint control_chart_metric_check check (metric in ('count', 'density')),
    bucket           text not null constraint control_chart_bucket_check
                     check (bucket in ('inspection', 'wafer', 'lot', 'shift', 'day', 'week')),
    chart            text not null constraint control_chart_chart_check check (chart in ('auto', 'imr', 'c', 'u', 'laney_u')),
    rules            text[] not null constraint control_chart_rules_some check (cardinality(rules) between 1 and 32),
    width            text not null constraint control_chart_width_check check (width in ('sigma', 'probability')),
    width_value      float8 not null constraint control_chart_width_value_range check (width_value > 0 and width_value <= 6),
    active           boolean not null default true,
    -- Of the definition; a change names the one it was made on.
    version          int not null default 1 constraint control_chart_version_range check (version >= 1),
    -- Why it could not be judged at the latest import in its scope; null when it could.
    evaluation_error text constraint control_chart_evaluation_error_length check (length(evaluation_error) <= 2000),
    created_by       uuid references app_user on delete set null,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);
create unique index control_chart_name_key on control_chart (lower(name));
create index control_chart_created_by_idx on control_chart (created_by) where created_by is not null;
-- What an evaluation notes is no change of the definition.
create trigger control_chart_touch before update on control_chart
    for each row when (old.version <> new.version) execute function touch_updated_at();

-- Append only: limits in force are those of the highest version, earlier ones stay as they were.
create table control_limit (
    control_chart_id uuid not null references control_chart on delete cascade,
    version          int not null constraint control_limit_version_range check (version >= 1),
    stages           jsonb not null constraint control_limit_stages_array check (jsonb_typeof(stages) = 'array'),
    excluded         jsonb not null default '[]' constraint control_limit_excluded_array check (jsonb_typeof(excluded) = 'array'),
    reason           text not null constraint control_limit_reason_length check (length(reason) between 1 and 500),
    created_by       uuid references app_user on delete set null,
    created_at       timestamptz not null default now(),
    primary key (control_chart_id, version)
);
create index control_limit_created_by_idx on control_limit (created_by) where created_by is not null;

-- Versions go with their chart, and forget an account that is removed; nothing else touches them.
create function refuse_control_limit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if not exists (select from control_chart where control_chart_id = old.control_chart_id) then
            return old;
        end if;
    elsif new.created_by is null
        and (new.control_chart_id, new.version, new.stages, new.excluded, new.reason, new.created_at)
            is not distinct from (old.control_chart_id, old.version, old.stages, old.excluded, old.reason, old.created_at) then
        return new;
    end if;
    raise exception 'control_limit is append only' using errcode = 'restrict_violation', constraint = 'control_limit_append_only';
end $$;
create trigger control_limit_append_only before update or delete on control_limit
    for each row execute function refuse_control_limit_change();

create table alert (
    alert_id            uuid primary key,
    control_chart_id    uuid not null references control_chart on delete cascade,
    state               text not null default 'open' constraint alert_state_check check (state in ('open', 'acknowledged', 'resolved')),
    -- To which side: what makes two violations of a chart one cause.
    cause               text not null constraint alert_cause_check check (cause in ('high', 'low', 'pattern')),
    rules               text[] not null,
    message             text not null constraint alert_message_length check (length(message) <= 2000),
    violations          bigint not null constraint alert_violations_range check (violations >= 1),
    -- Times and inspections of the first and the latest violated point.
    first_at            timestamptz not null,
    last_at             timestamptz not null,
    first_inspection_id uuid references inspection on delete set null,
    last_inspection_id  uuid references inspection on delete set null,
    opened_at           timestamptz not null default clock_timestamp(),
    acknowledged_by     uuid references app_user on delete set null,
    acknowledged_at     timestamptz,
    acknowledge_comment text constraint alert_acknowledge_comment_length check (length(acknowledge_comment) <= 2000),
    resolved_by         uuid references app_user on delete set null,
    resolved_at         timestamptz,
    resolve_comment     text constraint alert_resolve_comment_length check (length(resolve_comment) between 1 and 2000),
    constraint alert_resolved_has_comment check ((state = 'resolved') = (resolved_at is not null) and (state <> 'resolved' or resolve_comment is not null)),
    constraint alert_acknowledged_has_time check (state <> 'acknowledged' or acknowledged_at is not null)
);
-- One cause has one alert at a time, whoever evaluates at the same moment.
create unique index alert_unresolved_key on alert (control_chart_id, cause) where state <> 'resolved';
create index alert_opened_idx on alert (opened_at desc, alert_id desc);
create index alert_chart_idx on alert (control_chart_id, opened_at desc);
create index alert_waiting_idx on alert (state) where state <> 'resolved';
create index alert_first_inspection_idx on alert (first_inspection_id) where first_inspection_id is not null;
create index alert_last_inspection_idx on alert (last_inspection_id) where last_inspection_id is not null;
create index alert_acknowledged_by_idx on alert (acknowledged_by) where acknowledged_by is not null;
create index alert_resolved_by_idx on alert (resolved_by) where resolved_by is not null;

-- Broken rules as they were found at import.
create table chart_violation (
    chart_violation_id uuid primary key,
    control_chart_id   uuid not null references control_chart on delete cascade,
    alert_id           uuid references alert on delete cascade,
    rule               text not null constraint chart_violation_rule_length check (length(rule) between 1 and 16),
    -- What the point is, whatever comes into it later: its inspection, wafer, lot, or the start of its shift, day or week.
    point              text not null constraint chart_violation_point_length check (length(point) <= 256),
    at                 timestamptz not null,
    inspection_id      uuid references inspection on delete set null,
    label              text not null constraint chart_violation_label_length check (length(label) <= 256),
    value              float8 not null,
    lcl                float8,
    ucl                float8,
    limit_version      int not null,
    sentence           text not null constraint chart_violation_sentence_length check (length(sentence) <= 2000),
    found_at           timestamptz not null default clock_timestamp(),
    constraint chart_violation_point_key unique (control_chart_id, rule, point)
);
create index chart_violation_alert_idx on chart_violation (alert_id, at desc);
create index chart_violation_chart_idx on chart_violation (control_chart_id, at desc);
create index chart_violation_inspection_idx on chart_violation (inspection_id) where inspection_id is not null;

-- Imported inspections that the charts have not judged yet.
create table chart_evaluation (
    inspection_id uuid primary key references inspection on delete cascade,
    queued_at     timestamptz not null default now()
);

-- A drawn chart is an answer that is kept until the data changes: these are part of its data.
select add_data_version_trigger(target) from unnest(array['control_chart', 'control_limit']::regclass[]) t(target);
