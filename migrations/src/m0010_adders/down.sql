-- As in m0003.
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
end $$;

drop function queue_adders_of_defects() cascade;
drop function add_adder_trigger(regclass);
drop function queue_adders_of_inspection() cascade;
drop table adder_queue;
drop view inspection_adder_type_count;
drop table inspection_adder;
