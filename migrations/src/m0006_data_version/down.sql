-- What waits for the end of this transaction happens now, while its tables are there.
set constraints data_change_bumps immediate;

-- As in m0003.
create or replace function count_defects_changed() returns trigger language plpgsql as $$
begin
    perform apply_defect_counts(array_agg(inspection_id), array_agg(defect_type_id), array_agg(n))
        from (select inspection_id, defect_type_id, sum(n)::int as n
              from (select inspection_id, defect_type_id, 1 as n from new_rows
                    union all select inspection_id, defect_type_id, -1 from old_rows) r
              group by 1, 2 having sum(n) <> 0) d having count(*) > 0;
    return null;
end $$;

create function pg_temp.drop_data_version_trigger(target regclass) returns void language plpgsql as $$
begin
    execute format('drop trigger data_changed on %s', target);
end $$;
select pg_temp.drop_data_version_trigger(tgrelid) from pg_trigger where tgname = 'data_changed';

drop function add_data_version_trigger(regclass);
drop table data_change, data_version;
drop function bump_data_version(), note_data_changed(), note_data_change();
