drop table inspection_descriptor;
drop extension cube;
