import { createHash } from 'node:crypto';
import { KEPT, SLACK } from '../../profiles/layout.ts';

/** A script that the server runs in one stroke. */
export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly sha: string;
}

function script(name: string, lua: string): Script {
  return { name, lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Labels remembered for events that are not, or no longer, among the rows; in two generations. */
export const LABELS_KEPT = 8_192;
/** Direct inserts of an entity that the log's consumer has not passed; beyond, it alone inserts. */
export const PENDING_KEPT = 16_384;

/** How the error begins where the consumer's position is not what it was. */
export const MOVED = 'MOVED_ON';

/**
 * Adds events and labels to one profile: see `rows.ts` for how one is packed, and `profiles/profile.ts` for the twin of this.
 *
 *   KEYS   state, rows, buckets, labels, older labels; repeated: the position of the log's consumer
 *   ARGV   expires at (seconds), field of the partition's position, 'd' (direct) or what the position must be (repeated), packed …
 *
 * An event is taken once: a direct one leaves its place in the state until the log's consumer has passed it, and what the
 * consumer has passed is never taken directly. Up to 512 + 128 rows wait here, so that what falls out is moved together. Nothing is
 * repeated onto a server that was emptied meanwhile, and nothing is written before all has been looked at that may fail.
 */
export const APPLY = script(
  'apply',
  `
local s, e, b, l, m = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local direct = ARGV[3] == 'd'
if not direct and redis.call('GET', KEYS[6]) ~= ARGV[3] then return redis.error_reply('${MOVED} the position is another one') end
local ask = {'HMGET', s, ARGV[2], 't', 'h', 'f', 'x', 'n', 'c', 'T', 'I', 'y', 'u'}
for i = 4, #ARGV do ask[#ask + 1] = string.sub(ARGV[i], 2, 11) end
local st = redis.call(unpack(ask))
local passed = tonumber(st[1] or '-1')
local total, hash, first = tonumber(st[2] or '0'), tonumber(st[3] or '0'), tonumber(st[4] or 'inf')
local changes, kept, pending = tonumber(st[5] or '0'), tonumber(st[6] or '0'), tonumber(st[7] or '0')
local fellTime, fellId, labelled = tonumber(st[8] or '-inf'), tonumber(st[9] or '-inf'), st[10]
local series

local function load()
  if series then return end
  series = {{unit = 3600000, limit = 72, evicted = 0}, {unit = 86400000, limit = 64, evicted = 0}}
  local blob = redis.call('GET', b)
  if not blob then return end
  local at, size = 1, 0
  for i = 1, 2 do
    size, series[i].evicted, at = struct.unpack('<HB', blob, at)
    for j = 1, size do
      local k, n, a, f
      k, n, a, f, at = struct.unpack('<dddd', blob, at)
      series[i][j] = {k, n, a, f}
    end
  end
end

local function add(one, time, events, minor, frauds)
  local key, i = math.floor(time / one.unit), #one
  while i > 0 and one[i][1] > key do i = i - 1 end
  local cell = one[i]
  if not cell or cell[1] ~= key then
    if #one == one.limit then
      one.evicted = 1
      if i == 0 then return end
      table.remove(one, 1)
      i = i - 1
    end
    cell = {key, 0, 0, 0}
    table.insert(one, i + 1, cell)
  end
  cell[2], cell[3], cell[4] = cell[2] + events, cell[3] + minor, cell[4] + frauds
end

local function count(time, events, amount, frauds)
  load()
  local cents = amount * 100
  local minor = math.floor(cents)
  if cents - minor >= 0.5 then minor = minor + 1 end
  minor = minor == minor and math.max(-1e11, math.min(1e11, minor)) or 0
  for i = 1, 2 do add(series[i], time, events, minor, frauds) end
end

local function recall(id)
  if not labelled then return 0 end
  return tonumber(redis.call('HGET', l, id) or redis.call('HGET', m, id) or '0')
end

local function remember(id, cell, applied)
  redis.call('HSET', l, id, cell * 2 + applied)
  labelled = '1'
  redis.call('EXPIREAT', l, ARGV[1])
  if redis.call('HLEN', l) >= ${LABELS_KEPT / 2} then redis.call('RENAME', l, m) end
end

local function fell(time, id)
  return time < fellTime or (time == fellTime and id <= fellId)
end

local function rowOf(id8, time)
  for _, row in ipairs(redis.call('ZRANGEBYSCORE', e, time, time)) do
    if string.sub(row, 1, 8) == id8 then return row end
  end
end

local function learn(row, id8, id, time, amount, mixes)
  local known = recall(id8)
  local cell, applied = math.floor(known / 2), known % 2 == 1
  local code = cell > 0 and not applied and cell % 4 or 0
  if fell(time, id) then
    count(time, 1, amount, code == 1 and 1 or 0)
    if cell > 0 and not applied then remember(id8, cell, 1) end
  else
    if (labelled or changes > 0) and rowOf(id8, time) then return end
    if redis.call('ZADD', e, time, row .. struct.pack('<d', cell)) == 0 then return end
    kept = kept + 1
    if cell > 0 then
      redis.call('HDEL', l, id8)
      redis.call('HDEL', m, id8)
    end
  end
  total = total + 1
  hash = hash + mixes[0] + (code > 0 and mixes[code] or 0)
  if time < first then first = time end
end

local function relabel(id8, id, time, cell, mixes)
  local known = recall(id8)
  if fell(time, id) then
    local before = math.floor(known / 2)
    if cell <= before then return end
    local code = known % 2 == 1 and before % 4 or 0
    local frauds = (cell % 4 == 1 and 1 or 0) - (code == 1 and 1 or 0)
    if frauds ~= 0 then count(time, 0, 0, frauds) end
    remember(id8, cell, 1)
    hash = hash - (code > 0 and mixes[code] or 0) + mixes[cell % 4]
    changes = changes + 1
    return
  end
  local row = rowOf(id8, time)
  if row then
    local before = struct.unpack('<d', row, #row - 7)
    if cell <= before then return end
    redis.call('ZADD', e, time, string.sub(row, 1, -9) .. struct.pack('<d', cell))
    redis.call('ZREM', e, row)
    hash = hash - (before > 0 and mixes[before % 4] or 0) + mixes[cell % 4]
    changes = changes + 1
  elseif cell > math.floor(known / 2) then
    remember(id8, cell, 0)
  end
end

local gone, set = {'HDEL', s}, {'HSET', s}
for i = 4, #ARGV do
  local op = ARGV[i]
  local kind, offset, p, add0, mix1, mix2, id, time, amount = struct.unpack('<BdHI4I4I4>d<dd', op)
  local waits, place = st[i + 8], string.sub(op, 2, 11)
  if offset > passed and not (direct and waits) then
    local again = false
    if direct then
      if pending >= ${PENDING_KEPT} then return redis.error_reply('FULL too many inserts wait for the log') end
      pending = pending + 1
      set[#set + 1], set[#set + 2] = place, ''
    else
      passed = offset
      if waits then
        again = true
        pending = pending - 1
        gone[#gone + 1] = place
      end
    end
    local mixes, id8 = {[0] = add0, mix1, mix2}, string.sub(op, 24, 31)
    if kind > 0 then relabel(id8, id, time, offset * 4 + kind, mixes)
    elseif not again then learn(string.sub(op, 24), id8, id, time, amount, mixes) end
  end
end

if kept > ${KEPT + SLACK} then
  local popped = redis.call('ZPOPMIN', e, kept - ${KEPT})
  for i = 1, #popped, 2 do
    local row = popped[i]
    local id, time, amount = struct.unpack('>d<dd', row)
    local cell = struct.unpack('<d', row, #row - 7)
    count(time, 1, amount, cell % 4 == 1 and 1 or 0)
    if cell > 0 then remember(string.sub(row, 1, 8), cell, 1) end
    fellTime, fellId = time, id
  end
  kept = ${KEPT}
  set[#set + 1], set[#set + 2], set[#set + 3], set[#set + 4] = 'T', fellTime, 'I', fellId
end

if series then
  local parts = {}
  for i = 1, 2 do
    parts[#parts + 1] = struct.pack('<HB', #series[i], series[i].evicted)
    for _, cell in ipairs(series[i]) do parts[#parts + 1] = struct.pack('<dddd', unpack(cell)) end
  end
  redis.call('SET', b, table.concat(parts))
  redis.call('EXPIREAT', b, ARGV[1])
end
for field, value in pairs({t = total, h = hash % 4294967296, x = changes, n = kept, c = pending}) do
  set[#set + 1], set[#set + 2] = field, value
end
if not direct then set[#set + 1], set[#set + 2] = ARGV[2], passed end
if total > 0 then set[#set + 1], set[#set + 2] = 'f', first end
if labelled and not st[10] then set[#set + 1], set[#set + 2] = 'y', '1' end
if st[11] ~= ARGV[1] then set[#set + 1], set[#set + 2] = 'u', ARGV[1] end
redis.call(unpack(set))
if gone[3] then redis.call(unpack(gone)) end
if st[11] ~= ARGV[1] then
  for i = 1, 5 do redis.call('EXPIREAT', KEYS[i], ARGV[1]) end
end
return 1
`,
);

/** How many more rows than are new are read, for those that came late. */
const MARGIN = 16;
/** Beyond so many new rows the whole is read. */
const MOST_NEW = 64;

/**
 * Reads one profile. KEYS: state, rows, buckets. ARGV: total, label changes and hash that the reader has, or -1.
 * Nil where it was never seen; 1 where it is as the reader has it; [total, changes, hash, first time, newest rows] where few
 * events are new; else the same with all rows, and the buckets.
 */
export const READ = script(
  'read',
  `
local st = redis.call('HMGET', KEYS[1], 't', 'x', 'h', 'f')
if not st[1] or st[1] == '0' then return false end
if st[1] == ARGV[1] and st[2] == ARGV[2] and st[3] == ARGV[3] then return 1 end
local behind = tonumber(st[1]) - tonumber(ARGV[1])
if ARGV[1] ~= '-1' and st[2] == ARGV[2] and behind > 0 and behind <= ${MOST_NEW} then
  st[5] = table.concat(redis.call('ZRANGE', KEYS[2], -behind - ${MARGIN}, -1))
else
  st[5] = table.concat(redis.call('ZRANGE', KEYS[2], 0, -1))
  st[6] = redis.call('GET', KEYS[3]) or ''
end
return st
`,
);

/**
 * Sets a number (where a record lies: see `places.ts`) unless a smaller one of the same partition, or one of another partition, is
 * there. KEYS: it. ARGV: number, milliseconds that it lives, how many partitions a number may name.
 */
export const SMALLEST = script(
  'smallest',
  `
local there, new, partitions = tonumber(redis.call('GET', KEYS[1]) or '-1'), tonumber(ARGV[1]), tonumber(ARGV[3])
if there >= 0 and (there % partitions ~= new % partitions or there <= new) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
);

/** Moves a position on. KEYS: it. ARGV: what it must be, where to. */
export const FORWARD = script(
  'forward',
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('${MOVED} the position is another one') end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`,
);

/** Takes from a fixed window. KEYS: it. ARGV: cost, most, window in ms. Returns [taken, used, milliseconds left]. */
export const TAKE = script(
  'take',
  `
local cost, used = tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or '0')
if used + cost > tonumber(ARGV[2]) then
  local left = redis.call('PTTL', KEYS[1])
  return {0, used, left > 0 and left or tonumber(ARGV[3])}
end
used = redis.call('INCRBY', KEYS[1], cost)
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return {1, used, redis.call('PTTL', KEYS[1])}
`,
);

export const SCRIPTS = [APPLY, READ, SMALLEST, FORWARD, TAKE];
