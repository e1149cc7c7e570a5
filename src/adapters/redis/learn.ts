import { KEPT, SLACK } from '../../profiles/layout.ts';
import { CHUNK, chunkOf, MOVED } from './marks.ts';
import { PARTITIONS } from './places.ts';
import { script } from './script.ts';

/**
 * A profile's state, one string: total, label changes, hash | time of the first event, time and id of the newest that fell out
 * (doubles), rows u16, expires at u32, whether labels are remembered u8. What lies before the bar tells whether it has changed.
 */
const STATE = '<ddddddHI4B';
export const KNOWN_BYTES = 24;

/** Labels remembered for events that are not, or no longer, among the rows; in two generations. */
export const LABELS_KEPT = 8_192;

/**
 * Takes one record: what each profile learns of it, and where its names lead. See `rows.ts` for how it is packed, and
 * `profiles/profile.ts` for the twin of this.
 *
 *   KEYS   position of the log's consumer, marks of the partition, each profile, each name
 *   ARGV   what the position must be, or '' (direct); offset; expires at (seconds); place of the record (see `places.ts`);
 *          milliseconds that a name lives; head ('' where nothing is learnt); a row for each profile
 *
 * A record is taken once, by everyone together: it leaves a mark at its offset, and what the consumer has passed is not taken
 * directly. The mark is the first write, so what may refuse the others, as a full memory, refuses it. Nothing is repeated onto a
 * server that was emptied meanwhile. Up to 512 + 128 rows wait here, so that what falls out is moved together.
 * Returns the position and, of each profile, what `READ` knows it by; the position alone where the record was taken before.
 */
export const LEARN = script(
  'learn',
  `
${chunkOf}
local expected, offset, expiresAt = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local profiles = #ARGV - 6
local at = redis.call('GET', KEYS[1])
if expected ~= '' then
  if at ~= expected then return redis.error_reply('${MOVED} the position is another one') end
elseif offset < tonumber(at or '0') then
  return {at}
end
local ask = {'MGET'}
for i = 1, profiles do ask[i + 1] = KEYS[i + 2] .. ':s' end
local states = profiles > 0 and redis.call(unpack(ask))
if redis.call('SETBIT', chunkOf(offset), offset % ${CHUNK}, 1) == 1 then return {at or '0'} end

for i = profiles + 3, #KEYS do
  if not redis.call('SET', KEYS[i], ARGV[4], 'PX', ARGV[5], 'NX') then
    local there, new = tonumber(redis.call('GET', KEYS[i])), tonumber(ARGV[4])
    if there % ${PARTITIONS} == new % ${PARTITIONS} and new < there then redis.call('SET', KEYS[i], ARGV[4], 'PX', ARGV[5]) end
  end
end
if profiles == 0 then return {at or '0'} end

local kind, add0, mix1, mix2, id, time, amount = struct.unpack('<BI4I4I4>d<dd', ARGV[6])
local id8, mixes = string.sub(ARGV[6], 14, 21), {mix1, mix2}
local e, b, l, m, total, changes, hash, first, fellTime, fellId, kept, expires, labelled, series

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

local function recall()
  if labelled == 0 then return 0 end
  return tonumber(redis.call('HGET', l, id8) or redis.call('HGET', m, id8) or '0')
end

local function remember(id, cell, applied)
  redis.call('HSET', l, id, cell * 2 + applied)
  labelled = 1
  redis.call('EXPIREAT', l, expiresAt)
  if redis.call('HLEN', l) >= ${LABELS_KEPT / 2} then redis.call('RENAME', l, m) end
end

local function fell()
  return time < fellTime or (time == fellTime and id <= fellId)
end

local function rowOf()
  for _, row in ipairs(redis.call('ZRANGEBYSCORE', e, time, time)) do
    if string.sub(row, 1, 8) == id8 then return row end
  end
end

local function learn(row)
  local known = recall()
  local cell, applied = math.floor(known / 2), known % 2 == 1
  local code = cell > 0 and not applied and cell % 4 or 0
  if fell() then
    count(time, 1, amount, code == 1 and 1 or 0)
    if cell > 0 and not applied then remember(id8, cell, 1) end
  else
    if (labelled > 0 or changes > 0) and rowOf() then return end
    if redis.call('ZADD', e, time, row .. struct.pack('<d', cell)) == 0 then return end
    kept = kept + 1
    if cell > 0 then
      redis.call('HDEL', l, id8)
      redis.call('HDEL', m, id8)
    end
  end
  total = total + 1
  hash = hash + add0 + (code > 0 and mixes[code] or 0)
  if time < first then first = time end
end

local function relabel(cell)
  local known = recall()
  if fell() then
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
  local row = rowOf()
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

local function trim()
  local popped = redis.call('ZPOPMIN', e, kept - ${KEPT})
  for i = 1, #popped, 2 do
    local row, amount = popped[i], 0
    fellId, fellTime, amount = struct.unpack('>d<dd', row)
    local cell = struct.unpack('<d', row, #row - 7)
    count(fellTime, 1, amount, cell % 4 == 1 and 1 or 0)
    if cell > 0 then remember(string.sub(row, 1, 8), cell, 1) end
  end
  kept = ${KEPT}
end

local function save()
  local parts = {}
  for i = 1, 2 do
    parts[#parts + 1] = struct.pack('<HB', #series[i], series[i].evicted)
    for _, cell in ipairs(series[i]) do parts[#parts + 1] = struct.pack('<dddd', unpack(cell)) end
  end
  redis.call('SET', b, table.concat(parts))
  redis.call('EXPIREAT', b, expiresAt)
end

local answer = {at or '0'}
for i = 1, profiles do
  local name = KEYS[i + 2]
  local s = name .. ':s'
  e, b, l, m, series = name .. ':e', name .. ':b', name .. ':l', name .. ':m', nil
  total, changes, hash, first, fellTime, fellId, kept, expires, labelled = 0, 0, 0, math.huge, -math.huge, -math.huge, 0, 0, 0
  if states[i] then
    total, changes, hash, first, fellTime, fellId, kept, expires, labelled = struct.unpack('${STATE}', states[i])
  end
  if kind == 0 then learn(ARGV[i + 6]) else relabel(offset * 4 + kind) end
  if kept > ${KEPT + SLACK} then trim() end
  if series then save() end
  local state = struct.pack('${STATE}', total, changes, hash % 4294967296, first, fellTime, fellId, kept, expiresAt, labelled)
  redis.call('SET', s, state, 'KEEPTTL')
  if expires ~= expiresAt then
    for _, key in ipairs({s, e, b, l, m}) do redis.call('EXPIREAT', key, expiresAt) end
  end
  answer[i + 1] = string.sub(state, 1, ${KNOWN_BYTES})
end
return answer
`,
);
