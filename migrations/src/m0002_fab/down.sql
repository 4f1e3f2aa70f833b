drop table defect_type, equipment, wafer;
