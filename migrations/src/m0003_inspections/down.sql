drop view current_inspection;
drop table inspection_type_count, defect, inspection;
drop function delete_defects_of_inspection(), ensure_defect_partition(timestamptz), uuid_v7_floor(timestamptz),
    add_defect_count_triggers(regclass), count_defects_truncated(), count_defects_changed(), count_defects_removed(),
    count_defects_added(), apply_defect_counts(uuid[], int[], int[]);
