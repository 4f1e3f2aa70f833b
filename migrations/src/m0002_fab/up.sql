-- What a fab has: wafers, the tools that look at them, and the kinds of defect they find.

create table wafer (
    wafer_id          text primary key constraint wafer_wafer_id_length check (length(wafer_id) between 1 and 128),
    id_scheme         text not null constraint wafer_id_scheme_check check (id_scheme in ('t7', 'm12', 'm13', 'lot_slot')),
    -- The identifier as the tool wrote it, where it is not wafer_id itself.
    delivered_id      text constraint wafer_delivered_id_length check (length(delivered_id) <= 256),
    -- The laser mark, where a file gave one besides the wafer id.
    scribe            text constraint wafer_scribe_length check (length(scribe) <= 128),
    -- '' where no lot was delivered.
    lot_id            text not null default '' constraint wafer_lot_id_length check (length(lot_id) <= 128),
    slot              int constraint wafer_slot_range check (slot between 0 and 999),
    wafer_type        text constraint wafer_wafer_type_length check (length(wafer_type) <= 64),
    diameter_mm       float8 constraint wafer_diameter_range check (diameter_mm > 0 and diameter_mm <= 1000),
    status            text not null default 'active'
                      constraint wafer_status_check check (status in ('active', 'inactive', 'scrapped')),
    process_node      text constraint wafer_process_node_length check (length(process_node) <= 64),
    manufacturer      text constraint wafer_manufacturer_length check (length(manufacturer) <= 128),
    material          text constraint wafer_material_length check (length(material) <= 64),
    orientation       text constraint wafer_orientation_length check (length(orientation) <= 32),
    resistivity_ohm_cm float8 constraint wafer_resistivity_range check (resistivity_ohm_cm > 0),
    thickness_um      float8 constraint wafer_thickness_range check (thickness_um > 0 and thickness_um <= 10000),
    mark_type         text not null default 'notch' constraint wafer_mark_type_check
                      check (mark_type in ('notch', 'flat', 'double_flat', 'none')),
    additional_info   jsonb not null default '{}' constraint wafer_additional_info_object
                      check (jsonb_typeof(additional_info) = 'object'),
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now()
);
create index wafer_lot_idx on wafer (lot_id, slot);
create index wafer_created_idx on wafer (created_at desc, wafer_id);
create trigger wafer_touch before update on wafer for each row execute function touch_updated_at();

create table equipment (
    equipment_id        text primary key constraint equipment_equipment_id_length check (length(equipment_id) between 1 and 64),
    name                text not null constraint equipment_name_length check (length(name) between 1 and 128),
    equipment_type      text not null default 'inspection'
                        constraint equipment_type_check check (equipment_type in ('inspection', 'metrology', 'review')),
    model               text constraint equipment_model_length check (length(model) <= 128),
    manufacturer        text constraint equipment_manufacturer_length check (length(manufacturer) <= 128),
    location            text constraint equipment_location_length check (length(location) <= 128),
    status              text not null default 'active' constraint equipment_status_check
                        check (status in ('active', 'maintenance', 'down', 'retired')),
    -- IANA name; the times in the tool's files are local to it.
    time_zone           text not null default 'UTC' constraint equipment_time_zone_length check (length(time_zone) between 1 and 64),
    serial_number       text constraint equipment_serial_number_length check (length(serial_number) <= 64),
    hardware_version    text constraint equipment_hardware_version_length check (length(hardware_version) <= 64),
    software_version    text constraint equipment_software_version_length check (length(software_version) <= 64),
    installed_at        timestamptz,
    last_calibration    date,
    next_calibration    date,
    specifications      jsonb not null default '{}' constraint equipment_specifications_object check (jsonb_typeof(specifications) = 'object'),
    settings            jsonb not null default '{}' constraint equipment_settings_object check (jsonb_typeof(settings) = 'object'),
    maintenance         jsonb not null default '[]' constraint equipment_maintenance_array check (jsonb_typeof(maintenance) = 'array'),
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now()
);
create trigger equipment_touch before update on equipment for each row execute function touch_updated_at();

create table defect_type (
    defect_type_id serial primary key,
    name           text not null constraint defect_type_name_length check (length(name) between 1 and 128),
    description    text not null default '' constraint defect_type_description_length check (length(description) <= 2000),
    severity       smallint not null default 3 constraint defect_type_severity_range check (severity between 1 and 5),
    category       text constraint defect_type_category_length check (length(category) <= 64),
    subcategory    text constraint defect_type_subcategory_length check (length(subcategory) <= 64),
    colour         text constraint defect_type_colour_format check (colour ~ '^#[0-9a-f]{6}$'),
    killer         boolean not null default false,
    causes         text not null default '' constraint defect_type_causes_length check (length(causes) <= 4000),
    prevention     text not null default '' constraint defect_type_prevention_length check (length(prevention) <= 4000),
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);
create unique index defect_type_name_key on defect_type (lower(name));
create trigger defect_type_touch before update on defect_type for each row execute function touch_updated_at();

insert into defect_type (name, description, severity, category, colour)
values ('Unclassified', 'Detected, not classified yet', 3, 'unclassified', '#8a8f98');
