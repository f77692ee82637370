import { createHash } from 'node:crypto'
import type { Table } from '../../kernel/projection.ts'
import { marks, type TableInfo, tableInfo, tableOf } from './rows.ts'

/**
 * The server-side half of the store. Append, receipts, claims and early rows are one call in autocommit: no client turn
 * happens while the append lock is held, so a paused client stops nobody.
 *
 * The functions write the projection tables of this version of the code, so their names end in a hash of their text:
 * two versions of the program can run side by side during a deploy.
 */
export interface Functions {
  /** Creates what is not there yet; safe to run again. */
  sql: string
  append: string
  heal: string
  /** Writes rows of one table: `put(jsonb)`. */
  put: (table: string) => string
}

/** Key of the advisory lock that orders all appends. */
export const appendLock = 7

export function functionsFor(tables: readonly Table[]): Functions {
  const infos = tables.map(tableInfo)
  const text = (suffix: string) =>
    [...infos.map(info => putFunction(info, suffix)), appendFunction(infos, suffix), healFunction(infos, suffix)].join(
      '\n',
    )
  const suffix = createHash('sha256').update(text('')).digest('hex').slice(0, 8)
  return {
    sql: `${mergeAggregate}\n${text(`_${suffix}`)}`,
    append: `append_${suffix}`,
    heal: `heal_${suffix}`,
    put: table => `put_${table}_${suffix}`,
  }
}

const mergeAggregate =
  "create or replace aggregate jsonb_merge(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}');"

const plans = `set search_path = public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
  set enable_hashjoin = off set enable_mergejoin = off set jit = off`

/** Row operations of one table as JSON (`RowJson`), as `putParts` takes them. */
export const opsOf = (json: string): string =>
  `select q->>'k' k, (q->>'p')::boolean p, q->'r' r, o from jsonb_array_elements(${json}) with ordinality u(q, o)`

/**
 * The parts of a statement that writes row operations into one table, folded per key in order: a common table expression
 * `f<tag>`, an insert and an update over it. `ops` is SQL that gives them: key, whole row or not, values, place in the order.
 * `target` is another table of the same shape.
 */
export function putParts(info: TableInfo, ops: string, target = info.name, tag = '') {
  const list = info.columns.map(c => `"${c}"`).join(', ')
  const key = info.key.map(k => `"${k.column}"`).join(', ')
  const rest = info.columns.filter(c => !info.key.some(k => k.column === c))
  const match = info.key.map(k => `t."${k.column}" = (f.r->>'${k.column}')::${k.type}`).join(' and ')
  const columns = (of: string) => rest.map(c => `${of}"${c}"`).join(', ')
  return {
    fold: `f${tag} as materialized (
    select k, bool_or(p) p, jsonb_merge(r order by o) r from (${ops}) ops group by k)`,
    insert: `insert into "${target}" (${list}) select ${info.columns.map(c => `v."${c}"`).join(', ')}
      from f${tag} f, lateral jsonb_populate_record(null::"${target}", f.r) v where f.p
      on conflict (${key}) do update set (${columns('')}) = row(${columns('excluded.')})`,
    update: `update "${target}" t set (${columns('')}) = (select ${columns('v.')} from jsonb_populate_record(t, f.r) v)
    from f${tag} f where not f.p and ${match}`,
  }
}

function putFunction(info: TableInfo, suffix: string): string {
  const { fold, insert, update } = putParts(info, opsOf('ops'))
  return `create or replace function put_${info.name}${suffix}(ops jsonb) returns void language plpgsql volatile
  set search_path = public, pg_temp as $$
begin
  with ${fold},
  written as (${insert})
  ${update};
end $$;`
}

/**
 * Arguments: c_* one element a command, e_* one an event (e_c: its command, e_k: its index), k_* one a claim, r_* one an
 * early row (r_e: its event, r_t: its table (`tableOf`), r_k and r_r as in `putParts`; see `marks`). Ordinals are 1-based. A
 * command is checked whole before any of it is written: it fails alone.
 */
function appendFunction(tables: readonly TableInfo[], suffix: string): string {
  return `create or replace function append${suffix}(
  c_scope uuid[], c_id uuid[], c_hash bytea[], c_tenant uuid[], c_actor uuid[], c_corr uuid[], c_cause uuid[],
  c_stream text[], c_expect bigint[], c_guard bigint[], c_n int[], c_bump int[], c_early boolean[],
  e_c int[], e_k int[], e_id uuid[], e_type text[], e_v smallint[], e_bump boolean[], e_data text[], e_personal text[], e_key uuid[],
  k_c int[], k_kind text[], k_value text[], r_e int[], r_t text[], r_k text[], r_r text[])
returns table(cmd int, status text, stream text, first bigint, last bigint, pos bigint, done boolean, detail text)
language plpgsql volatile ${plans} as $$
#variable_conflict use_column
declare
  n int := cardinality(c_id); ne int := cardinality(e_id); st text[] := array_fill('ok'::text, array[n]);
  base bigint[] := array_fill(null::bigint, array[n]); run boolean[] := array_fill(false, array[n]);
  ep bigint[] := array_fill(null::bigint, array[ne]); what text[] := array_fill(null::text, array[n]);
  hi bigint[] := array_fill(null::bigint, array[n]); i int; b bigint; rn boolean; claim boolean; late boolean := false; t timestamptz; r record;
begin
  if current_setting('transaction_isolation') <> 'read committed' then raise 'append needs read committed'; end if;
  perform pg_advisory_xact_lock(${appendLock});  -- order: every later statement has a fresh snapshot
  for r in select u.o, c.* from unnest(c_scope, c_id) with ordinality u(scope, id, o),
      lateral (select * from receipts q where q.scope = u.scope and q.command = u.id limit 1) c loop
    st[r.o] := case when r.hash is not distinct from c_hash[r.o] then 'again' else 'reused' end;
    cmd := r.o; status := st[r.o]; stream := r.stream; first := r.first; last := r.last; pos := r.position; detail := null;
    done := r.last is null or coalesce((select s.projected >= r.last from streams s where s.id = r.stream), false);
    return next;
  end loop;
  for i in 1..n loop
    claim := i = any(k_c);
    if st[i] = 'ok' and claim then
      select u.kind into r from unnest(k_c, k_kind, k_value) u(c, kind, value) join claims q using (kind, value)
        where u.c = i and q.stream <> c_stream[i] limit 1;
      if found then st[i] := 'taken'; what[i] := r.kind; end if;
    end if;
    if st[i] = 'ok' and c_n[i] > 0 then
      b := null; rn := null;
      if coalesce(c_expect[i], 0) >= 0 then
        update streams x set revision = x.revision + c_n[i],
            guard = case when c_bump[i] is null then x.guard else x.revision + 1 + c_bump[i] end,
            projected = case when c_early[i] and x.projected = x.revision then x.revision + c_n[i] else x.projected end
          where x.id = c_stream[i] and (c_expect[i] is null or x.revision = c_expect[i]) and (c_guard[i] is null or x.guard = c_guard[i])
          returning x.revision - c_n[i] + 1, x.projected = x.revision into b, rn;
      end if;
      if b is null and coalesce(c_expect[i], -1) = -1 and coalesce(c_guard[i], -1) = -1 then
        insert into streams as x (id, revision, guard, projected)
          values (c_stream[i], c_n[i] - 1, coalesce(c_bump[i], -1), case when c_early[i] then c_n[i] - 1 else -1 end)
          on conflict do nothing returning 0, c_early[i] into b, rn;
      end if;
      if b is null then st[i] := 'conflict'; end if;
      base[i] := b; run[i] := coalesce(rn, false); late := late or not run[i];
      if st[i] = 'ok' and claim then
        delete from claims q using unnest(k_c, k_kind) u(c, kind) where u.c = i and q.stream = c_stream[i] and q.kind = u.kind;
        insert into claims (kind, value, stream) select u.kind, u.value, c_stream[i]
          from unnest(k_c, k_kind, k_value) u(c, kind, value) where u.c = i and u.value is not null;
      end if;
    end if;
  end loop;
  if late then
    insert into behind (stream) select distinct u.s from unnest(c_stream, base, run) u(s, b, r) where u.b is not null and not u.r
      on conflict do nothing;
  end if;
  for i in 1..ne loop
    if base[e_c[i]] is not null then ep[i] := nextval('events_position_seq'); hi[e_c[i]] := ep[i]; end if;
  end loop;
  -- Never runs back against position; whole milliseconds, which is what the program reads and later runs write into rows.
  t := greatest(date_trunc('milliseconds', clock_timestamp()), (select e.at from events e order by e.position desc limit 1));
  insert into events (position, stream, revision, id, type, v, bump, at, tenant, actor, command, correlation, causation, data, personal, key)
    select ep[e.o], c_stream[e.c], base[e.c] + e.k, e.id, e.type, e.v, e.bump, t, c_tenant[e.c], c_actor[e.c], c_id[e.c],
      c_corr[e.c], c_cause[e.c], e.data, e.personal, coalesce(e.key, case when e.personal is null then null else c_actor[e.c] end)
    from unnest(e_c, e_k, e_id, e_type, e_v, e_bump, e_data, e_personal, e_key)
      with ordinality e(c, k, id, type, v, bump, data, personal, key, o)
    where ep[e.o] is not null order by e.o;
  insert into receipts (scope, command, hash, stream, first, last, position, at)
    select u.scope, u.id, u.hash, u.stream, u.b, u.b + u.n - 1, u.hi, t
    from unnest(c_scope, c_id, c_hash, c_stream, c_n, st, base, hi) u(scope, id, hash, stream, n, st, b, hi) where u.st = 'ok';
  for i in 1..n loop
    continue when st[i] in ('again', 'reused');
    cmd := i; status := st[i]; stream := c_stream[i]; first := base[i]; last := base[i] + c_n[i] - 1; detail := what[i];
    pos := hi[i]; done := base[i] is null or run[i];
    return next;
  end loop;
${tables.map(earlyBlock).join('\n')}
end $$;`
}

/**
 * Rows of the commands that went through, with the marks replaced by what the log now knows. Whole rows and changes of rows
 * are a statement each, because nearly every batch has one kind of a table, and to start a statement costs what several rows do.
 */
function earlyBlock(table: TableInfo): string {
  // `t` is when: the columns of `u` must not be called as variables of the function are.
  const at = `replace(r, ${sqlOf(marks.at)}, to_json(t)::text)`
  const revision = `replace(${at}, ${sqlOf(marks.revision)}, (base[e_c[event]] + e_k[event])::text)`
  const whole = `replace(${revision}, ${sqlOf(marks.position)}, ep[event]::text)`
  const [put, patch] = [tableOf(table.name, false), tableOf(table.name, true)]
  const { fold, insert, update } = putParts(
    table,
    `select k, name = '${put}' p, ${whole}::jsonb r, o from unnest(r_e, r_t, r_k, r_r) with ordinality u(event, name, k, r, o)
      where name in ('${put}', '${patch}') and run[e_c[event]]`,
  )
  const written = (name: string, how: string) => `if '${name}' = any(r_t) then
    with ${fold}
    ${how};
    end if;`
  return `  if r_t && '{${put},${patch}}' then
    ${written(put, insert)}
    ${written(patch, update)}
  end if;`
}
const sqlOf = (mark: string) => `chr(${mark.charCodeAt(0)})`

/** Early rows that were missed: the same writes under the same lock, if the stream still is where the caller read it. */
function healFunction(tables: readonly TableInfo[], suffix: string): string {
  const puts = tables.map(t => `  if ops ? '${t.name}' then perform put_${t.name}${suffix}(ops->'${t.name}'); end if;`)
  return `create or replace function heal${suffix}(p_stream text, p_from bigint, p_to bigint, ops jsonb) returns boolean
language plpgsql volatile ${plans} as $$
begin
  perform pg_advisory_xact_lock(${appendLock});
  update streams set projected = p_to where id = p_stream and projected = p_from and revision >= p_to;
  if not found then return false; end if;
  delete from behind b using streams s where b.stream = p_stream and s.id = p_stream and s.projected = s.revision;
${puts.join('\n')}
  return true;
end $$;`
}
