-- What the pattern of each inspection looks like, for the search of similar ones. Made from the defects, and made again when
-- they change: whoever searches fills in what is missing first, so nothing here makes an answer of its own.

-- A trusted extension of PostgreSQL's contrib modules: whoever may create objects in the database may create it.
create extension if not exists cube;

create table inspection_descriptor (
    inspection_id uuid primary key constraint inspection_descriptor_inspection_fkey references inspection on delete cascade,
    -- Version of the program's method, and updated_at of the inspection, of which it was made: one of another is out of date.
    method        int not null,
    made_of       timestamptz not null,
    -- Absent where there are too few defects for a pattern.
    descriptor    real[],
    -- The part that does not change when the wafer is turned. Its distance is at most that of two patterns at any angle.
    invariant     float8[] constraint inspection_descriptor_invariant_size check (cardinality(invariant) between 1 and 100),
    constraint inspection_descriptor_whole check ((descriptor is null) = (invariant is null))
);
create index inspection_descriptor_invariant_idx on inspection_descriptor using gist (cube(invariant)) where invariant is not null;
