import { script } from './script.ts';

/** How the error begins where the partition is not as the log's consumer knows it. */
export const MOVED = 'MOVED_ON';

/** Which records of a partition were taken: a bit an offset, so many in one key. */
export const CHUNK = 65_536;
export const chunkOf = `local function chunkOf(offset) return KEYS[2] .. ':' .. math.floor(offset / ${CHUNK}) end`;

/** Which of a partition's records nobody has taken, by their index. KEYS: position, marks. ARGV: offsets. */
export const UNTAKEN = script(
  'untaken',
  `
${chunkOf}
local left = {}
for i, offset in ipairs(ARGV) do
  if redis.call('GETBIT', chunkOf(offset), offset % ${CHUNK}) == 0 then left[#left + 1] = i - 1 end
end
return left
`,
);

/** Moves a position past records, all of which were taken. KEYS: it, marks. ARGV: what it must be, where to, offsets of the records. */
export const PASS = script(
  'pass',
  `
${chunkOf}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('${MOVED} the position is another one') end
for i = 3, #ARGV do
  if redis.call('GETBIT', chunkOf(ARGV[i]), ARGV[i] % ${CHUNK}) == 0 then return redis.error_reply('${MOVED} not all is taken') end
end
redis.call('SET', KEYS[1], ARGV[2])
for chunk = math.floor(ARGV[1] / ${CHUNK}), math.floor(ARGV[2] / ${CHUNK}) - 1 do redis.call('DEL', chunkOf(chunk * ${CHUNK})) end
return 1
`,
);
