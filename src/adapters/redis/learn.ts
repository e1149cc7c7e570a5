import { DAYS_KEPT, EVENTS, HOURS_KEPT, MAX_MINOR, WIDTH } from '../../profiles/buckets.ts';
import { TRUTHS } from '../../profiles/cell.ts';
import { KEPT, SLACK } from '../../profiles/layout.ts';
import { CHUNK, chunkOf, MOVED } from './marks.ts';
import { PARTITIONS } from './places.ts';
import { KIND_EVENT, KIND_LABEL, KIND_OUTCOME } from './rows.ts';
import { script } from './script.ts';
import { labelOf } from './voices.ts';

/**
 * A profile's state, one string: total, label changes, hash | time of the first event, time and id of the newest that fell out
 * (doubles), rows u16, expires at u32, whether labels are remembered u8. What lies before the bar tells whether it has changed.
 */
const STATE = '<ddddddHI4B';
/** A bucket, and what ever fell out: a bucket without its key. */
const BUCKET = `<${'d'.repeat(WIDTH)}`;
const EVER = `<${'d'.repeat(WIDTH - EVENTS)}`;
export const KNOWN_BYTES = 24;

/** Events that are not, or no longer, among the rows, of which it is remembered what is known of them; in two generations. */
export const LABELS_KEPT = 8_192;

/**
 * Takes one record: what each profile learns of it, and where its names lead. See `rows.ts` for how it is packed, and
 * `profiles/profile.ts` for the twin of this.
 *
 *   KEYS   position of the log's consumer, marks of the partition, voices of the event, each profile, each name
 *   ARGV   what the position must be, or '' (direct); offset; expires at (seconds); place of the record (see `places.ts`);
 *          milliseconds that a name lives; head ('' where nothing is learnt); what is said; a row for each profile
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
local profiles = #ARGV - 7
local at = redis.call('GET', KEYS[1])
if expected ~= '' then
  if at ~= expected then return redis.error_reply('${MOVED} the position is another one') end
elseif offset < tonumber(at or '0') then
  return {at}
end
local ask = {'MGET'}
for i = 1, profiles do ask[i + 1] = KEYS[i + 3] .. ':s' end
local states = profiles > 0 and redis.call(unpack(ask))
if redis.call('SETBIT', chunkOf(offset), offset % ${CHUNK}, 1) == 1 then return {at or '0'} end

for i = profiles + 4, #KEYS do
  if not redis.call('SET', KEYS[i], ARGV[4], 'PX', ARGV[5], 'NX') then
    local there, new = tonumber(redis.call('GET', KEYS[i])), tonumber(ARGV[4])
    if there % ${PARTITIONS} == new % ${PARTITIONS} and new < there then redis.call('SET', KEYS[i], ARGV[4], 'PX', ARGV[5]) end
  end
end
if profiles == 0 then return {at or '0'} end

local kind, add0, mixesAt = struct.unpack('<BI4', ARGV[6])
local mixes = {struct.unpack('<${'I4'.repeat(TRUTHS.length)}', ARGV[6], mixesAt)}
local startAt = table.remove(mixes)
local id, time, amount = struct.unpack('>d<dd', ARGV[6], startAt)
local id8 = string.sub(ARGV[6], startAt, startAt + 7)
local e, b, l, m, total, changes, hash, first, fellTime, fellId, kept, expires, labelled, series

local function bitOf(cell, truth)
  return math.floor(cell / 2 ^ (truth - 1)) % 2
end

local function mixOf(cell)
  local sum = 0
  for truth = 1, ${TRUTHS.length} do sum = sum + bitOf(cell, truth) * mixes[truth] end
  return sum
end

local function load()
  if series then return end
  series = {{unit = 3600000, limit = ${HOURS_KEPT}, evicted = 0}, {unit = 86400000, limit = ${DAYS_KEPT}, evicted = 0}, ever = {}}
  for c = 1, ${WIDTH - EVENTS} do series.ever[c] = 0 end
  local blob = redis.call('GET', b)
  if not blob then return end
  local at, size = 1, 0
  for i = 1, 2 do
    size, series[i].evicted, at = struct.unpack('<HB', blob, at)
    for j = 1, size do
      series[i][j] = {struct.unpack('${BUCKET}', blob, at)}
      at = table.remove(series[i][j])
    end
  end
  series.ever = {struct.unpack('${EVER}', blob, at)}
  table.remove(series.ever)
end

local function add(one, time, change)
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
    cell = {key}
    for c = 2, ${WIDTH} do cell[c] = 0 end
    table.insert(one, i + 1, cell)
  end
  for c = 1, #change do cell[c + 1] = cell[c + 1] + change[c] end
end

local function count(time, events, amount, before, after)
  load()
  local change = {events, 0, 0}
  if events > 0 and amount == amount then
    local cents = amount * 100
    local minor = math.floor(cents)
    if cents - minor >= 0.5 then minor = minor + 1 end
    change[2], change[3] = math.max(-${MAX_MINOR}, math.min(${MAX_MINOR}, minor)), 1
  end
  for truth = 1, ${TRUTHS.length} do change[truth + 3] = bitOf(after, truth) - bitOf(before, truth) end
  for i = 1, 2 do add(series[i], time, change) end
  for c = 1, #change do series.ever[c] = series.ever[c] + change[c] end
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
  local cell = math.floor(known / 2)
  local fresh = known % 2 == 0 and cell or 0
  if fell() then
    count(time, 1, amount, 0, fresh)
    if fresh > 0 then remember(id8, cell, 1) end
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
  hash = hash + add0 + mixOf(fresh)
  if time < first then first = time end
end

local code = kind == ${KIND_LABEL} and ${labelOf('KEYS[3]', 'ARGV[7]')}
local outcome = kind == ${KIND_OUTCOME} and tonumber(ARGV[7]) + 1

local function changed(cell)
  if code then return cell - cell % 4 + code end
  return cell + (1 - bitOf(cell, outcome)) * 2 ^ (outcome - 1)
end

local function turned(before, after)
  hash = hash - mixOf(before) + mixOf(after)
  changes = changes + 1
end

local function turn()
  local known = recall()
  local cell = math.floor(known / 2)
  if fell() then
    local before, after = known % 2 == 1 and cell or 0, changed(cell)
    if after ~= before then
      count(time, 0, 0, before, after)
      turned(before, after)
    end
    if after * 2 + 1 ~= known then remember(id8, after, 1) end
    return
  end
  local row = rowOf()
  local before = row and struct.unpack('<d', row, #row - 7) or cell
  local after = changed(before)
  if after == before then return end
  if row then
    redis.call('ZADD', e, time, string.sub(row, 1, -9) .. struct.pack('<d', after))
    redis.call('ZREM', e, row)
    turned(before, after)
  else
    remember(id8, after, 0)
  end
end

local function trim()
  local popped = redis.call('ZPOPMIN', e, kept - ${KEPT})
  for i = 1, #popped, 2 do
    local row, amount = popped[i], 0
    fellId, fellTime, amount = struct.unpack('>d<dd', row)
    local cell = struct.unpack('<d', row, #row - 7)
    count(fellTime, 1, amount, 0, cell)
    if cell > 0 then remember(string.sub(row, 1, 8), cell, 1) end
  end
  kept = ${KEPT}
end

local function save()
  local parts = {}
  for i = 1, 2 do
    parts[#parts + 1] = struct.pack('<HB', #series[i], series[i].evicted)
    for _, cell in ipairs(series[i]) do parts[#parts + 1] = struct.pack('${BUCKET}', unpack(cell)) end
  end
  parts[#parts + 1] = struct.pack('${EVER}', unpack(series.ever))
  redis.call('SET', b, table.concat(parts))
  redis.call('EXPIREAT', b, expiresAt)
end

local answer = {at or '0'}
for i = 1, profiles do
  local name = KEYS[i + 3]
  local s = name .. ':s'
  e, b, l, m, series = name .. ':e', name .. ':b', name .. ':l', name .. ':m', nil
  total, changes, hash, first, fellTime, fellId, kept, expires, labelled = 0, 0, 0, math.huge, -math.huge, -math.huge, 0, 0, 0
  if states[i] then
    total, changes, hash, first, fellTime, fellId, kept, expires, labelled = struct.unpack('${STATE}', states[i])
  end
  if kind == ${KIND_EVENT} then learn(ARGV[i + 7]) else turn() end
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
