import { KNOWN_BYTES, LEARN } from './learn.ts';
import { PASS, UNTAKEN } from './marks.ts';
import { script } from './script.ts';

/** How many more rows than are new are read, for those that came late. */
const MARGIN = 16;
/** Beyond so many new rows the whole is read. */
const MOST_NEW = 64;

/**
 * Reads profiles. KEYS: each. ARGV: of each what the reader knows it by, or ''. For each: nil where it was never seen; 1 where it is as
 * the reader knows it; [state, newest rows] where few events are new; else [state, all rows, buckets].
 */
export const READ = script(
  'read',
  `
local ask, answer = {'MGET'}, {}
for i, name in ipairs(KEYS) do ask[i + 1] = name .. ':s' end
for i, state in ipairs(redis.call(unpack(ask))) do
  local name, known = KEYS[i], ARGV[i]
  local total, changes = 0, 0
  if state then total, changes = struct.unpack('<dd', state) end
  if total == 0 then answer[i] = false
  elseif string.sub(state, 1, ${KNOWN_BYTES}) == known then answer[i] = 1
  else
    local behind, before = 0, 0
    if known ~= '' then
      behind, before = struct.unpack('<dd', known)
      behind = total - behind
    end
    if before == changes and behind > 0 and behind <= ${MOST_NEW} then
      answer[i] = {state, table.concat(redis.call('ZRANGE', name .. ':e', -behind - ${MARGIN}, -1))}
    else
      answer[i] = {state, table.concat(redis.call('ZRANGE', name .. ':e', 0, -1)), redis.call('GET', name .. ':b') or ''}
    end
  end
end
return answer
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

export const SCRIPTS = [LEARN, UNTAKEN, PASS, READ, TAKE];
