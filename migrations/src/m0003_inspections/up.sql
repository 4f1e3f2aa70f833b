-- Inspections, their defects, and the counts that trends, Pareto and SPC read.

create table inspection (
    -- UUID v7 of inspected_at: sorts by that time and leads the key of defect.
    inspection_id        uuid primary key,
    wafer_id             text not null constraint inspection_wafer_fkey references wafer on update cascade,
    equipment_id         text constraint inspection_equipment_fkey references equipment on update cascade,
    -- lot_id, step_id and device_id are '' where none was delivered, so that "same step" is a plain equality.
    lot_id               text not null default '' constraint inspection_lot_id_length check (length(lot_id) <= 128),
    step_id              text not null default '' constraint inspection_step_id_length check (length(step_id) <= 128),
    device_id            text not null default '' constraint inspection_device_id_length check (length(device_id) <= 128),
    run_id               text constraint inspection_run_id_length check (length(run_id) <= 128),
    recipe               text constraint inspection_recipe_length check (length(recipe) <= 256),
    operator             text constraint inspection_operator_length check (length(operator) <= 128),
    slot                 int constraint inspection_slot_range check (slot between 0 and 999),
    side                 text constraint inspection_side_length check (length(side) <= 32),
    inspected_at         timestamptz not null,
    -- Times as delivered, and the zone that turned them into UTC.
    result_timestamp     text constraint inspection_result_timestamp_length check (length(result_timestamp) <= 64),
    file_timestamp       text constraint inspection_file_timestamp_length check (length(file_timestamp) <= 64),
    time_zone            text not null default 'UTC' constraint inspection_time_zone_length check (length(time_zone) between 1 and 64),
    area_cm2             float8 constraint inspection_area_range check (area_cm2 > 0),
    -- The frame of the map: wafer centre = 0,0, notch down, y up. The die grid's origin is the lower-left corner of die 0,0.
    diameter_mm          float8 constraint inspection_diameter_range check (diameter_mm > 0 and diameter_mm <= 1000),
    die_pitch_x_mm       float8 constraint inspection_die_pitch_x_range check (die_pitch_x_mm > 0),
    die_pitch_y_mm       float8 constraint inspection_die_pitch_y_range check (die_pitch_y_mm > 0),
    die_origin_x_mm      float8,
    die_origin_y_mm      float8,
    -- What the file said: the mark, where it stood, and the wafer centre from the lower-left corner of its die 0,0.
    mark_type            text constraint inspection_mark_type_check check (mark_type in ('notch', 'flat', 'double_flat', 'none')),
    delivered_mark_location text constraint inspection_delivered_mark_location_length check (length(delivered_mark_location) <= 32),
    delivered_centre_x_mm float8,
    delivered_centre_y_mm float8,
    die_count            int constraint inspection_die_count_range check (die_count >= 0),
    -- Indices of the dies inspected, flattened: x0, y0, x1, y1, ...
    dies_inspected       int[] constraint inspection_dies_inspected_pairs check (cardinality(dies_inspected) % 2 = 0),
    defect_count         int not null default 0 constraint inspection_defect_count_range check (defect_count >= 0),
    class_lookup         jsonb not null default '[]' constraint inspection_class_lookup_array check (jsonb_typeof(class_lookup) = 'array'),
    summary              jsonb not null default '[]' constraint inspection_summary_array check (jsonb_typeof(summary) = 'array'),
    -- All header keywords as delivered.
    parameters           jsonb not null default '{}' constraint inspection_parameters_object check (jsonb_typeof(parameters) = 'object'),
    diagnostics          jsonb not null default '[]' constraint inspection_diagnostics_array check (jsonb_typeof(diagnostics) = 'array'),
    warning_count        int not null default 0 constraint inspection_warning_count_range check (warning_count >= 0),
    -- Names of the file's columns that have none of their own in defect; their values are in defect.extra.
    extra_columns        text[] not null default '{}',
    source_file          text constraint inspection_source_file_length check (length(source_file) <= 512),
    source_sha256        text constraint inspection_source_sha256_format check (source_sha256 ~ '^[0-9a-f]{64}$'),
    klarf_version        text constraint inspection_klarf_version_length check (length(klarf_version) <= 16),
    import_job_id        uuid,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now()
);
create index inspection_inspected_at_idx on inspection (inspected_at desc, inspection_id desc);
create index inspection_step_idx on inspection (step_id, inspected_at desc);
create index inspection_device_idx on inspection (device_id, inspected_at desc);
create index inspection_equipment_idx on inspection (equipment_id, inspected_at desc);
create index inspection_lot_idx on inspection (lot_id, inspected_at desc);
create index inspection_wafer_step_idx on inspection (wafer_id, step_id, inspected_at desc, inspection_id desc);
create index inspection_source_sha256_idx on inspection (source_sha256) where source_sha256 is not null;
create index inspection_import_job_idx on inspection (import_job_id) where import_job_id is not null;
create trigger inspection_touch before update on inspection for each row execute function touch_updated_at();

-- A re-inspection of a wafer at a step replaces the earlier one.
create view current_inspection as
select i.* from inspection i
where not exists (
    select from inspection later
    where later.wafer_id = i.wafer_id and later.step_id = i.step_id
      and (later.inspected_at, later.inspection_id) > (i.inspected_at, i.inspection_id));

create table inspection_type_count (
    inspection_id  uuid not null constraint inspection_type_count_inspection_fkey references inspection on delete cascade,
    -- Also what keeps a defect from naming a type that does not exist, and a type in use from being deleted.
    defect_type_id int not null constraint inspection_type_count_type_fkey references defect_type,
    defect_count   int not null constraint inspection_type_count_range check (defect_count > 0),
    primary key (inspection_id, defect_type_id)
);
create index inspection_type_count_type_idx on inspection_type_count (defect_type_id, inspection_id);

-- The big table: one index, its key. Foreign keys checked row by row would double the time of a COPY; the triggers
-- below check the same once a statement.
create table defect (
    inspection_id  uuid not null,
    defect_no      int not null,
    defect_type_id int not null,
    -- Null in files that carry no geometry.
    x_mm           float8,
    y_mm           float8,
    die_x          int,
    die_y          int,
    size_um        real,
    x_size_um      real,
    y_size_um      real,
    area_um2       real,
    class_no       int,
    rough_bin      int,
    fine_bin       int,
    cluster_no     int,
    test_no        int,
    image_count    int,
    confidence     real constraint defect_confidence_range check (confidence between 0 and 1),
    severity       smallint constraint defect_severity_range check (severity between 1 and 5),
    review_status  smallint not null default 0 constraint defect_review_status_range check (review_status between 0 and 2),
    notes          text constraint defect_notes_length check (length(notes) <= 4000),
    extra          text[],
    primary key (inspection_id, defect_no)
) partition by range (inspection_id);
comment on column defect.review_status is '0 detected, 1 analyzed, 2 reviewed';

-- Adds `deltas` to the counts of `types` in inspections `ids`, three arrays of one length. Inspections are locked in the
-- order of their key, so that two statements over the same ones cannot lock each other out.
create function apply_defect_counts(ids uuid[], types int[], deltas int[]) returns void language plpgsql as $$
declare
    missing uuid;
begin
    perform from inspection where inspection_id = any(ids) order by inspection_id for no key update;
    select d.id into missing from unnest(ids, deltas) d(id, n)
        where d.n > 0 and not exists (select from inspection i where i.inspection_id = d.id) limit 1;
    if missing is not null then
        raise exception 'inspection % does not exist', missing
            using errcode = 'foreign_key_violation', constraint = 'defect_inspection_fkey', table = 'defect';
    end if;
    -- Counts have to stay positive, so a type that vanishes is deleted, not set to 0.
    delete from inspection_type_count c using unnest(ids, types, deltas) d(id, type_id, n)
        where d.n < 0 and c.inspection_id = d.id and c.defect_type_id = d.type_id and c.defect_count + d.n = 0;
    update inspection_type_count c set defect_count = c.defect_count + d.n from unnest(ids, types, deltas) d(id, type_id, n)
        where d.n < 0 and c.inspection_id = d.id and c.defect_type_id = d.type_id;
    insert into inspection_type_count as c (inspection_id, defect_type_id, defect_count)
        select d.id, d.type_id, d.n from unnest(ids, types, deltas) d(id, type_id, n) where d.n > 0
        on conflict (inspection_id, defect_type_id) do update set defect_count = c.defect_count + excluded.defect_count;
    update inspection i set defect_count = i.defect_count + d.n
        from (select id, sum(n)::int as n from unnest(ids, deltas) u(id, n) group by id) d
        where i.inspection_id = d.id and d.n <> 0;
end $$;

-- Each trigger reads its transition tables once: they hold every row of the statement again.
create function count_defects_added() returns trigger language plpgsql as $$
begin
    perform apply_defect_counts(array_agg(inspection_id), array_agg(defect_type_id), array_agg(n))
        from (select inspection_id, defect_type_id, count(*)::int as n from new_rows group by 1, 2) d having count(*) > 0;
    return null;
end $$;

create function count_defects_removed() returns trigger language plpgsql as $$
begin
    perform apply_defect_counts(array_agg(inspection_id), array_agg(defect_type_id), array_agg(n))
        from (select inspection_id, defect_type_id, -count(*)::int as n from old_rows group by 1, 2) d having count(*) > 0;
    return null;
end $$;

-- Only where the inspection or the type of a row changed: a note or a review status touches no count.
create function count_defects_changed() returns trigger language plpgsql as $$
begin
    perform apply_defect_counts(array_agg(inspection_id), array_agg(defect_type_id), array_agg(n))
        from (select inspection_id, defect_type_id, sum(n)::int as n
              from (select inspection_id, defect_type_id, 1 as n from new_rows
                    union all select inspection_id, defect_type_id, -1 from old_rows) r
              group by 1, 2 having sum(n) <> 0) d having count(*) > 0;
    return null;
end $$;

-- TRUNCATE has no transition table: what has no rows left has a count of 0.
create function count_defects_truncated() returns trigger language plpgsql as $$
begin
    with emptied as (
        update inspection i set defect_count = 0
        where defect_count > 0 and not exists (select from defect d where d.inspection_id = i.inspection_id)
        returning inspection_id
    )
    delete from inspection_type_count c using emptied e where c.inspection_id = e.inspection_id;
    return null;
end $$;

-- A statement fires the triggers of the table it names and of no other: the parent's when it names defect, a
-- partition's when it names that. So both carry them, and neither counts twice.
create function add_defect_count_triggers(target regclass) returns void language plpgsql as $$
begin
    execute format('create trigger defect_count_added after insert on %s referencing new table as new_rows
                    for each statement execute function count_defects_added()', target);
    execute format('create trigger defect_count_removed after delete on %s referencing old table as old_rows
                    for each statement execute function count_defects_removed()', target);
    execute format('create trigger defect_count_changed after update on %s referencing old table as old_rows new table as new_rows
                    for each statement execute function count_defects_changed()', target);
    execute format('create trigger defect_count_truncated after truncate on %s
                    for each statement execute function count_defects_truncated()', target);
end $$;

create table defect_default partition of defect default;
select add_defect_count_triggers('defect'), add_defect_count_triggers('defect_default');

-- The least UUID v7 of a moment, with version and variant left 0 so that no real one lies below it.
create function uuid_v7_floor(at timestamptz) returns uuid language sql immutable strict parallel safe as $$
    select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partition of the month that holds `at` (UTC) and returns its name; null, and no partition, outside
-- 2000-01 to two years from now: anonymised files carry any date, and each would leave a partition behind. Their rows
-- lie in defect_default.
-- Call it in a transaction of its own: it locks defect_default until that ends. The parent is locked so that reading
-- and loading go on meanwhile (ATTACH, not CREATE ... PARTITION OF).
create function ensure_defect_partition(at timestamptz) returns text language plpgsql as $$
declare
    month_start timestamptz := date_trunc('month', at, 'UTC');
    month_end   timestamptz := (month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC';
    partition   text := 'defect_' || to_char(month_start at time zone 'UTC', '"y"YYYY"m"MM');
    lower_id    uuid;
    upper_id    uuid;
begin
    if at < timestamptz '2000-01-01 00:00:00+00' or at > now() + interval '2 years' then
        return null;
    end if;
    if to_regclass(partition) is not null then
        return partition;
    end if;
    perform pg_advisory_xact_lock(hashtext('ensure_defect_partition'));
    -- A query, not to_regclass: that answers from a cache, which does not hear of other sessions here.
    if exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
               where i.inhparent = 'defect'::regclass and c.relname = partition) then
        return partition;
    end if;
    lower_id := uuid_v7_floor(month_start);
    upper_id := uuid_v7_floor(month_end);
    execute format('create table %I (like defect including defaults including constraints)', partition);
    -- Proves the bounds, so that ATTACH need not read the rows.
    execute format('alter table %I add constraint partition_bounds check (inspection_id >= %L and inspection_id < %L)',
                   partition, lower_id, upper_id);
    perform add_defect_count_triggers(partition::regclass);
    -- Rows written before the month had its partition move over; both triggers fire, so no count changes.
    lock table defect_default in access exclusive mode;
    execute format('with moved as (delete from defect_default where inspection_id >= %L and inspection_id < %L returning *)
                    insert into %I select * from moved', lower_id, upper_id, partition);
    execute format('alter table defect attach partition %I for values from (%L) to (%L)', partition, lower_id, upper_id);
    execute format('alter table %I drop constraint partition_bounds', partition);
    return partition;
end $$;

-- The defects of an inspection go with it.
create function delete_defects_of_inspection() returns trigger language plpgsql as $$
begin
    delete from defect where inspection_id = old.inspection_id;
    return null;
end $$;
create trigger inspection_delete_defects after delete on inspection
    for each row execute function delete_defects_of_inspection();
