/** What has to happen in one step on the server. The stream is always the one key. */

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
