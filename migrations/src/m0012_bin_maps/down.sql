drop table bin_map;
