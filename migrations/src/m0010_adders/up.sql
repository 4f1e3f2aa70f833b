-- Adders: the defects of an inspection that no earlier inspection of its wafer saw. They are computed in the background,
-- wafer by wafer, whenever something about the inspections of a wafer has changed.

create table inspection_adder (
    inspection_id  uuid primary key constraint inspection_adder_inspection_fkey references inspection on delete cascade,
    -- Earlier inspections of the wafer that it was compared with. 0: all its defects are adders, adder_nos and
    -- type_counts are null and mean those of the inspection itself.
    compared_with  int not null constraint inspection_adder_compared_with_range check (compared_with >= 0),
    added          int not null constraint inspection_adder_added_range check (added >= 0),
    common         int not null constraint inspection_adder_common_range check (common >= 0),
    -- Seen before too, and one of several defects: added, common and ambiguous are all defects of the inspection.
    ambiguous      int not null constraint inspection_adder_ambiguous_range check (ambiguous >= 0),
    missing        int not null constraint inspection_adder_missing_range check (missing >= 0),
    tolerance_um   float8 not null constraint inspection_adder_tolerance_range check (tolerance_um > 0),
    -- How its frame lies on that of the inspections before; null where that could not be told.
    shift_x_um     float8,
    shift_y_um     float8,
    rotation_urad  float8,
    pairs          int,
    residual_um    float8,
    -- Numbers of the adders, ascending.
    adder_nos      int[],
    -- Adders by type, in the form of inspection.type_counts.
    type_counts    bytea constraint inspection_adder_type_counts_pairs check (octet_length(type_counts) % 8 = 0),
    computed_at    timestamptz not null default now(),
    constraint inspection_adder_registered
        check (num_nulls(shift_x_um, shift_y_um, rotation_urad, pairs, residual_um) in (0, 5)),
    constraint inspection_adder_all
        check ((compared_with = 0) = (adder_nos is null) and (adder_nos is null) = (type_counts is null))
);
select add_data_version_trigger('inspection_adder');

-- Adders by inspection and type, as rows: what inspection_type_count is for all defects.
create view inspection_adder_type_count as
select i.inspection_id, c.defect_type_id, c.defect_count
from inspection i join inspection_adder a using (inspection_id)
cross join lateral (
    select ('x' || encode(substr(packed, 8 * n + 1, 4), 'hex'))::bit(32)::int as defect_type_id,
        ('x' || encode(substr(packed, 8 * n + 5, 4), 'hex'))::bit(32)::int as defect_count
    from (select coalesce(a.type_counts, i.type_counts) as packed) p, generate_series(0, octet_length(packed) / 8 - 1) n) c;

-- Wafers whose adders have to be computed (again). A row a change, so that no change waits for the computation: it takes
-- out the rows that it saw, those that came meanwhile stay. While a wafer has one, its adders are not known.
create table adder_queue (
    adder_queue_id bigint generated always as identity primary key,
    wafer_id       text not null constraint adder_queue_wafer_fkey references wafer on update cascade on delete cascade,
    queued_at      timestamptz not null default now()
);
create index adder_queue_wafer_idx on adder_queue (wafer_id);

-- Inspections that come, go or change where they stand on the route; defects that come, go or change their type show in
-- type_counts.
create function queue_adders_of_inspection() returns trigger language plpgsql as $$
begin
    if tg_op <> 'DELETE' then
        insert into adder_queue (wafer_id) values (new.wafer_id);
    end if;
    if tg_op = 'DELETE' or (tg_op = 'UPDATE' and old.wafer_id <> new.wafer_id) then
        insert into adder_queue (wafer_id) select wafer_id from wafer where wafer_id = old.wafer_id;
    end if;
    perform pg_notify('wafermaps_events', '{"kind":"evaluate"}');
    return null;
end $$;
create trigger inspection_queues_adders after insert or delete on inspection
    for each row execute function queue_adders_of_inspection();
create trigger inspection_change_queues_adders after update on inspection
    for each row when ((old.wafer_id, old.step_id, old.inspected_at, old.type_counts, old.die_pitch_x_mm, old.die_pitch_y_mm)
        is distinct from (new.wafer_id, new.step_id, new.inspected_at, new.type_counts, new.die_pitch_x_mm, new.die_pitch_y_mm))
    execute function queue_adders_of_inspection();

-- Defects that move, or swap their types, which no count shows.
create function queue_adders_of_defects() returns trigger language plpgsql as $$
begin
    insert into adder_queue (wafer_id)
        select distinct i.wafer_id from inspection i where i.inspection_id in (
            select inspection_id from (
                (select inspection_id, defect_no, defect_type_id, x_mm, y_mm from new_rows
                 except select inspection_id, defect_no, defect_type_id, x_mm, y_mm from old_rows)
                union all
                (select inspection_id, defect_no, defect_type_id, x_mm, y_mm from old_rows
                 except select inspection_id, defect_no, defect_type_id, x_mm, y_mm from new_rows)) changed);
    return null;
end $$;

create function add_adder_trigger(target regclass) returns void language plpgsql as $$
begin
    execute format('create trigger defect_change_queues_adders after update on %s referencing old table as old_rows new table as new_rows
                    for each statement execute function queue_adders_of_defects()', target);
end $$;
select add_adder_trigger('defect');
select add_adder_trigger(inhrelid) from pg_inherits where inhparent = 'defect'::regclass;

-- As in m0003, with the trigger above for partitions to come.
create or replace function add_defect_count_triggers(target regclass) returns void language plpgsql as $$
begin
    execute format('create trigger defect_count_added after insert on %s referencing new table as new_rows
                    for each statement execute function count_defects_added()', target);
    execute format('create trigger defect_count_removed after delete on %s referencing old table as old_rows
                    for each statement execute function count_defects_removed()', target);
    execute format('create trigger defect_count_changed after update on %s referencing old table as old_rows new table as new_rows
                    for each statement execute function count_defects_changed()', target);
    execute format('create trigger defect_count_truncated after truncate on %s
                    for each statement execute function count_defects_truncated()', target);
    perform add_adder_trigger(target);
end $$;

-- Everything there is waits once.
insert into adder_queue (wafer_id) select distinct wafer_id from inspection;
