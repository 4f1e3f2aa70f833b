-- Defects that no map can show are few, and every map tells how many: without an index of them each map reads all defects
-- of its inspections once more before its first byte. Partitions get it when they are attached.
create index defect_unplaced_idx on defect (inspection_id)
    where (x_mm between -2000 and 2000 and y_mm between -2000 and 2000) is not true;
