-- A fab of 10,000 current inspections with 1,000,000 defects, for benchmarks: 80 lots of 25 wafers, each at 5 steps within
-- a year, 20 types, 100 defects an inspection of 10 types each. Beside them 500 inspections that later ones replaced,
-- with 50 defects each; a spectrum of two elements for every fiftieth defect; and a wafer alone with 100,000 defects.
insert into equipment (equipment_id, name) select 'INS-' || n, 'Tool ' || n from generate_series(1, 8) n;
insert into defect_type (name, killer, severity) select 'Type ' || n, n % 4 = 0, 1 + n % 5 from generate_series(1, 19) n;
insert into wafer (wafer_id, id_scheme, lot_id, slot)
    select format('L%s:%s', n / 25, n % 25), 'lot_slot', 'L' || n / 25, n % 25 from generate_series(0, 2000) n;
select count(ensure_defect_partition(timestamptz '2025-01-15Z' + m * interval '1 month')) from generate_series(0, 11) m;
create temp table seeded as
    select (left(uuid_v7_floor(at)::text, 13) || '-7' || substr(gen_random_uuid()::text, 16))::uuid as id, *
    from (select n, n / 5 as wafer, n % 5 as step, 100 as defects,
                 timestamptz '2025-01-01Z' + (n / 125 * 6480 + n % 125 * 50) * interval '1 minute' as at from generate_series(0, 9999) n
          union all
          select n, n / 5, n % 5, 50, timestamptz '2025-01-01Z' + (n / 125 * 6480 + n % 125 * 50 - 30) * interval '1 minute'
          from generate_series(0, 9999, 20) n
          union all
          select 10000, 2000, 0, 100000, timestamptz '2025-12-30Z') t;
insert into inspection (inspection_id, wafer_id, equipment_id, lot_id, step_id, device_id, inspected_at, area_cm2, parameters)
    select id, format('L%s:%s', wafer / 25, wafer % 25), 'INS-' || 1 + n % 8, 'L' || wafer / 25, 'STEP-' || step, 'CHIP-' || wafer % 3, at, 250,
        jsonb_build_object('header', repeat('keyword ', 100)) from seeded;
insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um)
    select id, d, 1 + (n * 7 + d % 10) % 20, d % 150, d % 149, d % 20, d % 17, 1 from seeded, generate_series(1, defects) d;
insert into stored_object (object_key, bytes) values ('0', 1);
insert into defect_spectrum (spectrum_id, inspection_id, defect_no, file_name, object_key, channels, energy_offset_kev,
                             energy_per_channel_kev, total_counts)
    select gen_random_uuid(), id, d, 'spectrum.msa', '0', 1024, 0, 0.01, 1000 from seeded, generate_series(50, 100, 50) d where defects = 100;
insert into defect_element (spectrum_id, element, inspection_id, defect_no, weight, significance, net_counts)
    select spectrum_id, element, inspection_id, defect_no, 0.9, 10, 100
    from defect_spectrum, unnest(case when defect_no = 50 then array['Si', 'O'] else array['Si', 'Fe'] end) element;
drop table seeded;
analyze;
