-- Bin maps of electrical test: one row a map, its dies packed in arrays, for they are read all at once or not at all.

create table bin_map (
    bin_map_id          uuid primary key,
    wafer_id            text not null constraint bin_map_wafer_fkey references wafer on update cascade on delete cascade,
    name                text not null constraint bin_map_name_length check (length(name) between 1 and 512),
    format              text not null constraint bin_map_format_check check (format in ('sinf', 'g85', 'e142')),
    -- Size of the array as delivered.
    columns             int not null constraint bin_map_columns_range check (columns >= 1),
    rows                int not null constraint bin_map_rows_range check (rows >= 1),
    -- Clockwise from the bottom, where the file says it.
    delivered_notch_deg int constraint bin_map_delivered_notch_deg_check check (delivered_notch_deg in (0, 90, 180, 270)),
    -- How it came to lie on the die grid, in words.
    placed              text not null constraint bin_map_placed_length check (length(placed) <= 1024),
    -- What was odd in the file.
    warnings            text[] not null default '{}',
    -- Objects of code, quality, description and count, most dies first.
    bins                jsonb not null constraint bin_map_bins_array check (jsonb_typeof(bins) = 'array'),
    -- Dies on the wafer's die grid as inspections deliver it; the bin is a place in `bins`, from 0.
    die_x               int[] not null,
    die_y               int[] not null,
    bin                 smallint[] not null,
    source_file         text not null constraint bin_map_source_file_length check (length(source_file) between 1 and 512),
    source_sha256       text not null constraint bin_map_source_sha256_length check (length(source_sha256) = 64),
    imported_by         uuid constraint bin_map_imported_by_fkey references app_user on delete set null,
    imported_at         timestamptz not null default now(),
    constraint bin_map_dies_length check (cardinality(die_x) = cardinality(die_y) and cardinality(die_x) = cardinality(bin)),
    -- The same file again is the same map. One file can hold the maps of many wafers.
    constraint bin_map_content_key unique (wafer_id, source_sha256)
);
-- The newest map of a wafer is the one that counts.
create index bin_map_wafer_idx on bin_map (wafer_id, imported_at, bin_map_id);
create index bin_map_imported_by_idx on bin_map (imported_by);

-- Kill ratios are answers that are kept until the data changes: these are part of their data.
select add_data_version_trigger('bin_map'::regclass);
