-- A number that says whether an answer made earlier still holds: it grows in every transaction that changes what the
-- analyses read. A reader who reads it before the rows gets rows at least as new as the number: what is kept under it is
-- never older than the last commit.

create table data_version (
    is_only boolean primary key default true constraint data_version_is_only_check check (is_only),
    -- Microseconds since 1970, or one more than before where the clock stands still or goes back: another database, or
    -- this one restored from a backup, does not come by the same numbers with other data.
    version bigint not null
);
insert into data_version (version) values ((extract(epoch from clock_timestamp()) * 1000000)::bigint);

-- A row of it is a transaction that has changed data and will bump the version at its end; none is ever committed.
create unlogged table data_change (
    data_change_id bigint generated always as identity primary key
);

-- Once a statement at most, and once a transaction in effect: the row's deferred trigger does the rest. A savepoint that
-- is rolled back takes the setting along with the row.
create function note_data_change() returns void language plpgsql as $$
begin
    if current_setting('wafermaps.data_changed', true) is distinct from 'on' then
        insert into data_change default values;
        perform set_config('wafermaps.data_changed', 'on', true);
    end if;
end $$;

create function note_data_changed() returns trigger language plpgsql as $$
begin
    perform note_data_change();
    return null;
end $$;

-- At the end of the transaction, so that an import does not hold the one row while others wait for it. This is the last
-- lock a transaction takes: two of them cannot wait for each other. Who listens learns of it when it is committed.
create function bump_data_version() returns trigger language plpgsql as $$
begin
    update data_version set version = greatest(version + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
    delete from data_change where data_change_id = new.data_change_id;
    perform pg_notify('wafermaps_events', '{"kind":"data"}');
    return null;
end $$;
create constraint trigger data_change_bumps after insert on data_change deferrable initially deferred
    for each row execute function bump_data_version();

-- Makes changes of a table count. Statement-level: a million rows cost as much as one.
create function add_data_version_trigger(target regclass) returns void language plpgsql as $$
begin
    execute format('create trigger data_changed after insert or update or delete or truncate on %s
                    for each statement execute function note_data_changed()', target);
end $$;

select add_data_version_trigger(target)
    from unnest(array['wafer', 'equipment', 'defect_type', 'inspection', 'inspection_type_count', 'defect_element']::regclass[]) t(target);

-- Rows of defect that come and go change the counts. Those that change in place count here: this trigger is on every
-- partition. As in m0003 but for the first line.
create or replace function count_defects_changed() returns trigger language plpgsql as $$
begin
    perform note_data_change();
    perform apply_defect_counts(array_agg(inspection_id), array_agg(defect_type_id), array_agg(n))
        from (select inspection_id, defect_type_id, sum(n)::int as n
              from (select inspection_id, defect_type_id, 1 as n from new_rows
                    union all select inspection_id, defect_type_id, -1 from old_rows) r
              group by 1, 2 having sum(n) <> 0) d having count(*) > 0;
    return null;
end $$;
