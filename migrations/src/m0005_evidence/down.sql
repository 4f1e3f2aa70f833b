alter table job drop constraint job_kind_check;
delete from job where kind <> 'import';
alter table job add constraint job_kind_check check (kind in ('import'));

delete from import_file where kind <> 'klarf';
drop index import_file_imported_sha256_key;
create unique index import_file_imported_sha256_key on import_file (sha256) where state = 'imported';
alter table import_file drop column kind, drop column images;

create or replace function ensure_defect_partition(at timestamptz) returns text language plpgsql as $$
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

create function pg_temp.drop_defect_evidence_triggers(target regclass) returns void language plpgsql as $$
begin
    execute format('drop trigger defect_evidence_removed on %s', target);
    execute format('drop trigger defect_evidence_truncated on %s', target);
end $$;
select pg_temp.drop_defect_evidence_triggers('defect');
select pg_temp.drop_defect_evidence_triggers(inhrelid) from pg_inherits where inhparent = 'defect'::regclass;
drop function add_defect_evidence_triggers(regclass), delete_evidence_of_truncated(), delete_evidence_of_defects();
drop table image_reference, defect_element, defect_spectrum, defect_image, stored_object;
drop function check_defects_of_evidence();
