-- A wafer with 1,000,000 defects for benchmarks, as an inspection tool sees a bad one: 300 dense clusters (scratches, stains) that hold
-- two thirds of them, in the order of a scan, and the rest at random; and beside it one with 100,000 of the same. The same on every machine.
select setseed(0.5);
insert into equipment (equipment_id, name) values ('INS-1', 'Tool 1');
insert into defect_type (name) select 'Type ' || n from generate_series(1, 19) n;
insert into wafer (wafer_id, id_scheme, lot_id, slot, diameter_mm) select 'L:' || n, 'lot_slot', 'L', n, 300 from generate_series(1, 2) n;
select ensure_defect_partition(timestamptz '2025-06-01Z');
create temp table wafers as
    select (left(uuid_v7_floor(at)::text, 13) || '-7000-8000-00000000000' || n)::uuid as id, n, at, case n when 1 then 1000000 else 100000 end as defects
    from (select n, timestamptz '2025-06-01Z' + n * interval '1 hour' as at from generate_series(1, 2) n) t;
insert into inspection (inspection_id, wafer_id, equipment_id, lot_id, step_id, device_id, inspected_at, area_cm2, parameters,
                        die_pitch_x_mm, die_pitch_y_mm, die_origin_x_mm, die_origin_y_mm)
    select id, 'L:' || n, 'INS-1', 'L', 'STEP-1', 'CHIP-1', at, 700, '{}', 8, 12, -4, -6 from wafers;
create temp table clusters as
    select n, r * cos(a) as x, r * sin(a) as y, 0.2 + 4 * random() as length, 0.05 + random() as width, pi() * random() as turn, (random() * 18)::int + 2 as kind
    from (select n, 140 * sqrt(random()) as r, 2 * pi() * random() as a from generate_series(1, 300) n) t;
create temp table dice as
    select d, (random() * 449)::int + 1 as pick, random() as u, random() as v, random() as s, random() as t from generate_series(1, 1000000) d;
create temp table points as
    select d, c.n as cluster_no, coalesce(c.kind, 2 + (t * 18)::int) as kind,
        round((case when c.n is null then 147 * sqrt(u) * cos(2 * pi() * v)
            else c.x + along * cos(turn) - across * sin(turn) end)::numeric, 6)::float8 as x,
        round((case when c.n is null then 147 * sqrt(u) * sin(2 * pi() * v)
            else c.y + along * sin(turn) + across * cos(turn) end)::numeric, 6)::float8 as y,
        round(exp(-1.5 + 1.2 * sqrt(-2 * ln(1 - s)) * cos(2 * pi() * t))::numeric, 3)::real as size
    from (select *, coalesce(c.length * sqrt(-2 * ln(1 - u)) * cos(2 * pi() * v), 0) as along,
                 coalesce(c.width * sqrt(-2 * ln(1 - u)) * sin(2 * pi() * v), 0) as across from dice left join clusters c on c.n = pick) c;
insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um, x_size_um, y_size_um, area_um2,
                    class_no, rough_bin, fine_bin, cluster_no, test_no)
    select w.id, row_number() over (partition by w.n order by floor((y + 6) / 12), floor((x + 4) / 8), y), kind, x, y,
        floor((x + 4) / 8), floor((y + 6) / 12), size, size, size, size * size, kind, kind, kind, coalesce(cluster_no, 0), 1
    from wafers w, points p where d <= w.defects;
drop table wafers, clusters, dice, points;
analyze;
