drop index defect_unplaced_idx;
