drop trigger inspection_release_import on inspection;
drop function release_import_of_inspection();
alter table inspection drop constraint inspection_import_job_fkey;
drop table import_file, job;
