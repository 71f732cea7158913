/** What has to happen in one step on the server. The stream is always the first key. */

/**
 * Removes what every group has dealt with: up to the oldest entry that some group has not, or has not acknowledged.
 * In one step, since a place that was read before is wrong after a FLUSHALL. Entries leave by whole nodes of the
 * stream and at most some 10,000 a call (`~`), so that the server never stands still for it.
 */
export const TRIM_SCRIPT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local function isLower(a, b)
  local aMs, aSeq = string.match(a, '^(%d+)-(%d+)$')
  local bMs, bSeq = string.match(b, '^(%d+)-(%d+)$')
  if #aMs ~= #bMs then return #aMs < #bMs end
  if aMs ~= bMs then return aMs < bMs end
  if #aSeq ~= #bSeq then return #aSeq < #bSeq end
  return aSeq < bSeq
end
local floor = nil
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local field = {}
  for i = 1, #group, 2 do field[group[i]] = group[i + 1] end
  local place = field['last-delivered-id']
  local pending = redis.call('XPENDING', KEYS[1], field['name'])
  if pending[1] > 0 and isLower(pending[2], place) then place = pending[2] end
  if floor == nil or isLower(place, floor) then floor = place end
end
if floor == nil or floor == '0-0' then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', '~', floor)
`;

/** Removes a share of the stream, the oldest first, at least one entry, whoever has not read it. */
export const EVICT_SCRIPT = `
local length = redis.call('XLEN', KEYS[1])
if length == 0 then return 0 end
local leaving = math.max(1, math.floor(length * tonumber(ARGV[1])))
return redis.call('XTRIM', KEYS[1], 'MAXLEN', '=', length - leaving)
`;

/**
 * Removes groups that are none of the destinations and that nobody used for ARGV[1] milliseconds, and the names of
 * readers that are gone for as long and left nothing behind. ARGV[2] is our own name, the rest are the destinations.
 * Returns the groups that it removed, each with what it had pending.
 */
export const SWEEP_SCRIPT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local limit = tonumber(ARGV[1])
local known = {}
for i = 3, #ARGV do known[ARGV[i]] = true end
local removed = {}
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local field = {}
  for i = 1, #group, 2 do field[group[i]] = group[i + 1] end
  local name = field['name']
  local isUsed = false
  local gone = {}
  for _, reader in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], name)) do
    local about = {}
    for i = 1, #reader, 2 do about[reader[i]] = reader[i + 1] end
    if about['idle'] <= limit then isUsed = true
    elseif about['pending'] == 0 and about['name'] ~= ARGV[2] then table.insert(gone, about['name']) end
  end
  if not isUsed and not known[name] then
    redis.call('XGROUP', 'DESTROY', KEYS[1], name)
    table.insert(removed, { name, field['pending'] })
  else
    for _, reader in ipairs(gone) do redis.call('XGROUP', 'DELCONSUMER', KEYS[1], name, reader) end
  end
end
return removed
`;

/** Where the dead stream ends, and a text that changes with whatever is added to it or removed; nothing where it is empty. */
export const DEAD_STATE_SCRIPT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local info = redis.call('XINFO', 'STREAM', KEYS[1])
local field = {}
for i = 1, #info, 2 do field[info[i]] = info[i + 1] end
if field['length'] == 0 then return false end
local last = field['last-generated-id']
return { last, field['length'] .. ' ' .. last .. ' ' .. field['max-deleted-entry-id'] }
`;

/**
 * A page of the dead stream from ARGV[1] on, without what is large: of each entry its id, its bytes, and the values of
 * the fields that stand before its own, cut to what they may have.
 */
export const DEAD_HEADS_SCRIPT = `
local heads = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])) do
  local fields = entry[2]
  local bytes = 0
  for i = 1, #fields do bytes = bytes + #fields[i] end
  local reason, group, at = '', '', ''
  if fields[1] == 'reason' and fields[3] == 'group' then
    reason = string.sub(fields[2], 1, 1000)
    group = string.sub(fields[4], 1, 300)
    if fields[7] == 'at' then at = string.sub(fields[8], 1, 20) end
  end
  table.insert(heads, { entry[1], bytes, group, reason, at })
end
return heads
`;

/**
 * Takes a dead letter out, and what is left of it in at the end: ARGV is the letter, whoever has it in hand, how many
 * entries the stream may have, then for each letter that takes its place the number of its fields and the fields. Where
 * somebody else took it out meanwhile nothing is added. Added first: a server without memory refuses the whole.
 */
export const DEAD_SETTLE_SCRIPT = `
local isThere = #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 1
local at = 4
while isThere and at <= #ARGV do
  local count = tonumber(ARGV[at])
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
if isThere then redis.call('XDEL', KEYS[1], ARGV[1]) end
if redis.call('GET', KEYS[2]) == ARGV[2] then redis.call('DEL', KEYS[2]) end
return isThere and 1 or 0
`;

/** Holds on to a dead letter for ARGV[2] more milliseconds, or lets go of it for 0, where it is still ours. */
export const DEAD_CLAIM_SCRIPT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;
