-- What stands behind a defect: images, spectra, the elements found in them, and what files say of images to come.

-- Bytes in the object store, by the SHA-256 of their content: the same content is stored once. A row is made before its
-- bytes are put, and goes before its bytes are deleted: whatever refers to a row finds the bytes. Rows that nothing
-- refers to are swept away when they have not been touched for a while.
create table stored_object (
    -- Digits and '/' alone: collated by their bytes, a folder of keys is a range of the index.
    object_key text collate "C" primary key constraint stored_object_object_key_length check (length(object_key) between 1 and 200),
    bytes      bigint not null constraint stored_object_bytes_range check (bytes >= 0),
    touched_at timestamptz not null default clock_timestamp()
);
create index stored_object_touched_idx on stored_object (touched_at);

create table defect_image (
    image_id            uuid primary key,
    inspection_id       uuid not null,
    defect_no           int not null,
    kind                text not null default 'sem' constraint defect_image_kind_check check (kind in ('sem', 'optical', 'other')),
    file_name           text not null constraint defect_image_file_name_length check (length(file_name) between 1 and 512),
    -- Page of a file with several (TIFF), from 1.
    page                int not null default 1 constraint defect_image_page_range check (page >= 1),
    -- As delivered.
    original_key        text not null constraint defect_image_original_fkey references stored_object,
    original_media_type text not null constraint defect_image_original_media_type_check
                        check (original_media_type in ('image/png', 'image/jpeg', 'image/tiff')),
    -- What a browser can show; the original itself where it can show that.
    display_key         text not null constraint defect_image_display_fkey references stored_object,
    display_media_type  text not null constraint defect_image_display_media_type_check
                        check (display_media_type in ('image/png', 'image/jpeg')),
    width_px            int not null constraint defect_image_width_range check (width_px between 1 and 65535),
    height_px           int not null constraint defect_image_height_range check (height_px between 1 and 65535),
    pixel_size_nm       float8 constraint defect_image_pixel_size_range check (pixel_size_nm > 0),
    -- JPEG of at most 128 pixels a side: small enough to lie in the row, so that a gallery is one query.
    thumbnail           bytea not null constraint defect_image_thumbnail_length check (octet_length(thumbnail) between 1 and 65536),
    -- What the tool said: magnification, beam energy, working distance.
    metadata            jsonb not null default '{}' constraint defect_image_metadata_object check (jsonb_typeof(metadata) = 'object'),
    created_by          uuid references app_user on delete set null,
    created_at          timestamptz not null default now(),
    constraint defect_image_content_key unique (inspection_id, defect_no, original_key, page)
);
-- JPEG does not shrink any further.
alter table defect_image alter column thumbnail set storage external;
create index defect_image_original_idx on defect_image (original_key);
create index defect_image_display_idx on defect_image (display_key);
create index defect_image_created_by_idx on defect_image (created_by) where created_by is not null;

create table defect_spectrum (
    spectrum_id            uuid primary key,
    inspection_id          uuid not null,
    defect_no              int not null,
    file_name              text not null constraint defect_spectrum_file_name_length check (length(file_name) between 1 and 512),
    -- EMSA/MSA (ISO 22029), as delivered.
    object_key             text not null constraint defect_spectrum_object_fkey references stored_object,
    title                  text constraint defect_spectrum_title_length check (length(title) <= 512),
    channels               int not null constraint defect_spectrum_channels_range check (channels between 1 and 65536),
    energy_offset_kev      float8 not null,
    energy_per_channel_kev float8 not null constraint defect_spectrum_energy_per_channel_range check (energy_per_channel_kev > 0),
    beam_kv                float8 constraint defect_spectrum_beam_range check (beam_kv > 0),
    live_time_s            float8 constraint defect_spectrum_live_time_range check (live_time_s >= 0),
    total_counts           float8 not null constraint defect_spectrum_total_counts_range check (total_counts >= 0),
    created_by             uuid references app_user on delete set null,
    created_at             timestamptz not null default now(),
    constraint defect_spectrum_content_key unique (inspection_id, defect_no, object_key)
);
create index defect_spectrum_object_idx on defect_spectrum (object_key);
create index defect_spectrum_created_by_idx on defect_spectrum (created_by) where created_by is not null;

-- Elements that a spectrum speaks for, each with the weight of the evidence; substrate and film elements among them.
create table defect_element (
    spectrum_id   uuid not null references defect_spectrum on delete cascade,
    element       text not null constraint defect_element_element_format check (element ~ '^[A-Z][a-z]?$'),
    inspection_id uuid not null,
    defect_no     int not null,
    weight        real not null constraint defect_element_weight_range check (weight between 0 and 1),
    significance  real not null,
    net_counts    float8 not null,
    primary key (spectrum_id, element)
);
create index defect_element_element_idx on defect_element (element, inspection_id, defect_no, weight);
create index defect_element_defect_idx on defect_element (inspection_id, defect_no);

-- Images that a file lists for its defects. image_id is set once the image itself is here.
create table image_reference (
    inspection_id uuid not null references inspection on delete cascade,
    defect_no     int not null,
    ordinal       smallint not null constraint image_reference_ordinal_range check (ordinal >= 1),
    -- Without its path.
    file_name     text not null constraint image_reference_file_name_length check (length(file_name) between 1 and 512),
    -- Page of a TIFF, from 1.
    image_no      int not null default 1,
    -- As delivered.
    image_type    text constraint image_reference_image_type_length check (length(image_type) <= 64),
    description   text constraint image_reference_description_length check (length(description) <= 256),
    image_id      uuid references defect_image on delete set null,
    primary key (inspection_id, defect_no, ordinal)
);
create index image_reference_waiting_idx on image_reference (lower(file_name)) where image_id is null;
create index image_reference_image_idx on image_reference (image_id) where image_id is not null;

-- An image or spectrum is of a defect that exists; the lock keeps that from being deleted meanwhile. Once a statement,
-- since many come at once, and after it, so that a defect that a conflict left out is not asked for.
create function check_defects_of_evidence() returns trigger language plpgsql as $$
declare
    missing record;
begin
    with locked as (
        select d.inspection_id, d.defect_no from defect d
        where (d.inspection_id, d.defect_no) in (select inspection_id, defect_no from new_rows) for key share
    )
    select n.inspection_id, n.defect_no into missing from new_rows n where not exists
        (select from locked l where l.inspection_id = n.inspection_id and l.defect_no = n.defect_no) limit 1;
    if found then
        raise exception 'defect % of inspection % does not exist', missing.defect_no, missing.inspection_id
            using errcode = 'foreign_key_violation', constraint = tg_table_name || '_defect_fkey', table = tg_table_name;
    end if;
    return null;
end $$;
create trigger defect_image_defect_added after insert on defect_image referencing new table as new_rows
    for each statement execute function check_defects_of_evidence();
create trigger defect_image_defect_changed after update on defect_image referencing new table as new_rows
    for each statement execute function check_defects_of_evidence();
create trigger defect_spectrum_defect_added after insert on defect_spectrum referencing new table as new_rows
    for each statement execute function check_defects_of_evidence();
create trigger defect_spectrum_defect_changed after update on defect_spectrum referencing new table as new_rows
    for each statement execute function check_defects_of_evidence();

-- Evidence goes with its defect, once a statement: a key checked row by row would be felt with millions of rows.
create function delete_evidence_of_defects() returns trigger language plpgsql as $$
begin
    -- Rows that move into the partition of their month are deleted and inserted again.
    if current_setting('wafermaps.moving_defects', true) = 'on' then
        return null;
    end if;
    delete from image_reference e using old_rows d where e.inspection_id = d.inspection_id and e.defect_no = d.defect_no;
    delete from defect_image e using old_rows d where e.inspection_id = d.inspection_id and e.defect_no = d.defect_no;
    delete from defect_spectrum e using old_rows d where e.inspection_id = d.inspection_id and e.defect_no = d.defect_no;
    return null;
end $$;

create function delete_evidence_of_truncated() returns trigger language plpgsql as $$
begin
    delete from image_reference e where not exists
        (select from defect d where d.inspection_id = e.inspection_id and d.defect_no = e.defect_no);
    delete from defect_image e where not exists
        (select from defect d where d.inspection_id = e.inspection_id and d.defect_no = e.defect_no);
    delete from defect_spectrum e where not exists
        (select from defect d where d.inspection_id = e.inspection_id and d.defect_no = e.defect_no);
    return null;
end $$;

create function add_defect_evidence_triggers(target regclass) returns void language plpgsql as $$
begin
    execute format('create trigger defect_evidence_removed after delete on %s referencing old table as old_rows
                    for each statement execute function delete_evidence_of_defects()', target);
    execute format('create trigger defect_evidence_truncated after truncate on %s
                    for each statement execute function delete_evidence_of_truncated()', target);
end $$;

select add_defect_evidence_triggers('defect');
select add_defect_evidence_triggers(inhrelid) from pg_inherits where inhparent = 'defect'::regclass;

-- As in m0003, with the triggers above for the new partition.
create or replace function ensure_defect_partition(at timestamptz) returns text language plpgsql as $$
declare
    month_start timestamptz := date_trunc('month', at, 'UTC');
    month_end   timestamptz := (month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC';
    partition   text := 'defect_' || to_char(month_start at time zone 'UTC', '"y"YYYY"m"MM');
    lower_id    uuid;
    upper_id    uuid;
begin
    if at < timestamptz '2000-01-01 00:00:00+00' or at > now() + interval '2 years' then
        return null;
    end if;
    if to_regclass(partition) is not null then
        return partition;
    end if;
    perform pg_advisory_xact_lock(hashtext('ensure_defect_partition'));
    -- A query, not to_regclass: that answers from a cache, which does not hear of other sessions here.
    if exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
               where i.inhparent = 'defect'::regclass and c.relname = partition) then
        return partition;
    end if;
    lower_id := uuid_v7_floor(month_start);
    upper_id := uuid_v7_floor(month_end);
    execute format('create table %I (like defect including defaults including constraints)', partition);
    -- Proves the bounds, so that ATTACH need not read the rows.
    execute format('alter table %I add constraint partition_bounds check (inspection_id >= %L and inspection_id < %L)',
                   partition, lower_id, upper_id);
    perform add_defect_count_triggers(partition::regclass);
    perform add_defect_evidence_triggers(partition::regclass);
    -- Rows written before the month had its partition move over; both count triggers fire, so no count changes.
    lock table defect_default in access exclusive mode;
    perform set_config('wafermaps.moving_defects', 'on', true);
    execute format('with moved as (delete from defect_default where inspection_id >= %L and inspection_id < %L returning *)
                    insert into %I select * from moved', lower_id, upper_id, partition);
    perform set_config('wafermaps.moving_defects', 'off', true);
    execute format('alter table defect attach partition %I for values from (%L) to (%L)', partition, lower_id, upper_id);
    execute format('alter table %I drop constraint partition_bounds', partition);
    return partition;
end $$;

-- Imports bring images and spectra too. The same image may come again for another inspection; a KLARF file may not.
alter table import_file
    add column kind text not null default 'klarf' constraint import_file_kind_check check (kind in ('klarf', 'image', 'spectrum')),
    -- Images that were put to their defects.
    add column images bigint not null default 0 constraint import_file_images_range check (images >= 0);
drop index import_file_imported_sha256_key;
create unique index import_file_imported_sha256_key on import_file (sha256) where state = 'imported' and kind = 'klarf';

alter table job drop constraint job_kind_check;
alter table job add constraint job_kind_check check (kind in ('import', 'seed'));
