import { UNRANKED } from '../../domain/event.ts';

/** A voice as it is kept: voice, time, place of its word (doubles), source, rank, code (u8). A word on its way has no place. */
const VOICE = '<dddBBB';
const WORD = '<ddBBB';

/**
 * An expression of Lua: takes the words in, each at the record's place, and gives the label in force: the twin of
 * `profiles/voices.ts`. `offset` and `expiresAt` are the script's.
 */
export const labelOf = (key: string, words: string) => `(function()
  local voices, blob, at = {}, redis.call('GET', ${key}) or '', 1
  while at <= #blob do
    local one = {}
    one.voice, one.time, one.place, one.source, one.rank, one.code, at = struct.unpack('${VOICE}', blob, at)
    voices[#voices + 1] = one
  end
  local function isNewer(a, b)
    if a.time == b.time then return a.place > b.place end
    return a.time > b.time
  end
  local function find(voice)
    for i, one in ipairs(voices) do if one.voice == voice then return i, one end end
    return #voices + 1
  end
  at = 1
  while at <= #${words} do
    local word = {place = offset}
    word.voice, word.time, word.source, word.rank, word.code, at = struct.unpack('${WORD}', ${words}, at)
    local i, own = find(word.voice)
    local isLater = not own or isNewer(word, own)
    if own and word.voice == ${UNRANKED} then isLater = word.place > own.place end
    if isLater then voices[i] = word end
  end
  local parts, found = {}, nil
  for i, one in ipairs(voices) do
    parts[i] = struct.pack('${VOICE}', one.voice, one.time, one.place, one.source, one.rank, one.code)
    local isOver = one.code == 0
    if one.voice == ${UNRANKED} then
      local _, spoken = find(one.source)
      isOver = isOver or spoken and isNewer(spoken, one)
    end
    if not isOver and (not found or one.rank > found.rank or one.rank == found.rank and isNewer(one, found)) then found = one end
  end
  redis.call('SET', ${key}, table.concat(parts))
  redis.call('EXPIREAT', ${key}, expiresAt)
  return found and found.code or 0
end)()`;
