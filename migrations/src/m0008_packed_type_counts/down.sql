-- As in m0003.
create or replace function apply_defect_counts(ids uuid[], types int[], deltas int[]) returns void language plpgsql as $$
declare
    missing uuid;
begin
    perform from inspection where inspection_id = any(ids) order by inspection_id for no key update;
    select d.id into missing from unnest(ids, deltas) d(id, n)
        where d.n > 0 and not exists (select from inspection i where i.inspection_id = d.id) limit 1;
    if missing is not null then
        raise exception 'inspection % does not exist', missing
            using errcode = 'foreign_key_violation', constraint = 'defect_inspection_fkey', table = 'defect';
    end if;
    -- Counts have to stay positive, so a type that vanishes is deleted, not set to 0.
    delete from inspection_type_count c using unnest(ids, types, deltas) d(id, type_id, n)
        where d.n < 0 and c.inspection_id = d.id and c.defect_type_id = d.type_id and c.defect_count + d.n = 0;
    update inspection_type_count c set defect_count = c.defect_count + d.n from unnest(ids, types, deltas) d(id, type_id, n)
        where d.n < 0 and c.inspection_id = d.id and c.defect_type_id = d.type_id;
    insert into inspection_type_count as c (inspection_id, defect_type_id, defect_count)
        select d.id, d.type_id, d.n from unnest(ids, types, deltas) d(id, type_id, n) where d.n > 0
        on conflict (inspection_id, defect_type_id) do update set defect_count = c.defect_count + excluded.defect_count;
    update inspection i set defect_count = i.defect_count + d.n
        from (select id, sum(n)::int as n from unnest(ids, deltas) u(id, n) group by id) d
        where i.inspection_id = d.id and d.n <> 0;
end $$;

create or replace function count_defects_truncated() returns trigger language plpgsql as $$
begin
    with emptied as (
        update inspection i set defect_count = 0
        where defect_count > 0 and not exists (select from defect d where d.inspection_id = i.inspection_id)
        returning inspection_id
    )
    delete from inspection_type_count c using emptied e where c.inspection_id = e.inspection_id;
    return null;
end $$;

alter table inspection drop column type_counts;
drop function packed_type_counts(uuid);
