//! What must happen in one step, as scripts that Redis runs without letting anybody else in between.

use redis::Script;
use std::sync::LazyLock;

/// Takes messages and books them as ours. kombu pops first and books after; a crash in between loses the message.
///
/// A script is not undone when it fails half-way, so nothing in it may fail with a message in its hands: a list that
/// is no list is passed over, and what cannot be booked goes back. A server short of memory refuses the first write
/// of a script that needs some, but not those after one that needs none: popping comes first, booking after it.
///
/// KEYS: unacked, unacked_index, owners, then the lists by urgency. ARGV: most, our name, number of the first, now,
/// then for each list the end of its bookings. Answers for each list that had something: its place, then the
/// envelopes; and [`NEW_HERE`] when our last sign of life is gone.
pub(super) static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
if redis.call('EXISTS', unpack(KEYS, 4)) == 0 then return {} end
local left, number = tonumber(ARGV[1]), tonumber(ARGV[3])
local taken, booked, index = {}, {}, {}
for place = 4, #KEYS do
  if left == 0 then break end
  local envelopes = redis.pcall('RPOP', KEYS[place], left)
  if envelopes and not envelopes.err then
    local answer = {place - 4}
    for _, envelope in ipairs(envelopes) do
      local key = 'umbel:' .. ARGV[2] .. ':' .. string.format('%d', number) .. ':' .. KEYS[place]
      number = number + 1
      booked[#booked + 1] = key
      booked[#booked + 1] = '[' .. envelope .. ARGV[place + 1]
      index[#index + 1] = ARGV[4]
      index[#index + 1] = key
      answer[#answer + 1] = envelope
    end
    left = left - #envelopes
    taken[#taken + 1] = answer
  end
end
if #booked > 0 then
  local writes = {{'ZADD', KEYS[3], ARGV[4], ARGV[2]}, {'ZADD', KEYS[2], unpack(index)},
                  {'HSET', KEYS[1], unpack(booked)}}
  for at, write in ipairs(writes) do
    local done = redis.pcall(unpack(write))
    if type(done) == 'table' and done.err then
      for _, answer in ipairs(taken) do
        for item = #answer, 2, -1 do redis.call('RPUSH', KEYS[answer[1] + 4], answer[item]) end
      end
      return done
    end
    if at == 1 and done == 1 then taken[#taken + 1] = {-1} end
  end
end
return taken"#,
    )
});

/// Stands for a list among the answers: we have taken something for the first time, or Redis has been emptied.
pub(super) const NEW_HERE: i64 = -1;

/// Gives a sign of life and renews what is in hand. Both write over what is there and need no new memory, but a
/// server short of it does not know that; a first write that needs none convinces it.
///
/// KEYS: unacked_index, owners. ARGV: our name, now, then the keys in hand. Answers 1 when our last sign was there.
pub(super) static RENEW: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
local fresh = redis.pcall('ZADD', KEYS[2], ARGV[2], ARGV[1])
local known = 1
if fresh == 1 then known = 0 end
if type(fresh) == 'table' then
  known = redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
end
for at = 3, #ARGV do redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[at]) end
return known"#,
    )
});

/// Takes what is no message out of the way, and keeps the newest for a person to look at.
///
/// KEYS: unacked, unacked_index, refused. ARGV: how many are kept, then for each its key and what to keep of it.
pub(super) static REFUSE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
for at = 2, #ARGV, 2 do
  redis.call('ZREM', KEYS[2], ARGV[at])
  if redis.call('HDEL', KEYS[1], ARGV[at]) == 1 then
    redis.call('LPUSH', KEYS[3], ARGV[at + 1])
  end
end
redis.call('LTRIM', KEYS[3], 0, ARGV[1] - 1)"#,
    )
});

/// Moves messages that are in somebody's hand, each only if it still is: nobody else has given it back meanwhile.
///
/// KEYS: unacked, unacked_index, held. ARGV, six for each message: its key; `back`, `front` or `hold`; where to: a
/// list, or for a hold its new key; what to put there: the envelope, or for a hold its booking; for a hold the moment
/// it is due, and its score in the index. Answers how many were moved.
pub(super) static MOVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
local moved = 0
for at = 1, #ARGV, 6 do
  local key, how, to, what = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  if redis.call('HDEL', KEYS[1], key) == 1 then
    redis.call('ZREM', KEYS[2], key)
    if how == 'back' then redis.call('LPUSH', to, what)
    elseif how == 'front' then redis.call('RPUSH', to, what)
    elseif how == 'hold' then
      redis.call('HSET', KEYS[1], to, what)
      redis.call('ZADD', KEYS[2], ARGV[at + 5], to)
      redis.call('ZADD', KEYS[3], ARGV[at + 4], to)
    end
    moved = moved + 1
  end
end
return moved"#,
    )
});

/// Puts held messages that are due in front of their lists, the earliest first.
///
/// KEYS: unacked, unacked_index, held. ARGV: now, most, length of what stands before the list's name in a held key.
/// Answers how many were due, and the moment the next one is, if there is one.
pub(super) static DUE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
local due = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for at = #due, 1, -1 do
  local key = due[at]
  local booking = redis.call('HGET', KEYS[1], key)
  redis.call('ZREM', KEYS[3], key)
  local envelope = booking and string.match(booking, '^%[(.*),"",".*"%]$')
  if envelope then
    redis.call('ZREM', KEYS[2], key)
    redis.call('HDEL', KEYS[1], key)
    redis.call('RPUSH', string.sub(key, ARGV[3] + 1), envelope)
  end
end
local next = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
return {#due, next[2] or false}"#,
    )
});

/// Makes each change whose note is still what its writer has read, and puts its messages into their lists.
///
/// What might fail is done before anything is changed: lists are known to be lists, the book is read, and counting
/// its revision is the write that a server short of memory refuses, or none is. So a script that fails has done
/// nothing, and what is changed was published.
///
/// KEYS: the book, its revision, then lists. ARGV for each change: the name; what the note is and what it becomes,
/// either nothing or `=` and the text; how many messages there are, and for each the place of its list in KEYS and
/// its envelope. Answers 1 for each change that was made, else 0.
pub(super) static WRITE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
for place = 3, #KEYS do
  local list = KEYS[place]
  local kind = redis.call('TYPE', list).ok
  if (kind ~= 'none' and kind ~= 'list') or list == KEYS[1] or list == KEYS[2] then
    return redis.error_reply('WRONGTYPE the key ' .. list .. ' is no list of messages')
  end
end
local made, counted, at = {}, false, 1
while at <= #ARGV do
  local name, becomes, last = ARGV[at], ARGV[at + 2], at + 3 + 2 * ARGV[at + 3]
  local text = redis.call('HGET', KEYS[1], name)
  local is = text and '=' .. text or ''
  if is == ARGV[at + 1] then
    if not counted then counted = redis.call('INCR', KEYS[2]) end
    for letter = at + 4, last, 2 do redis.call('LPUSH', KEYS[tonumber(ARGV[letter])], ARGV[letter + 1]) end
    if becomes == '' then redis.call('HDEL', KEYS[1], name)
    else redis.call('HSET', KEYS[1], name, string.sub(becomes, 2)) end
    made[#made + 1] = 1
  else
    made[#made + 1] = 0
  end
  at = last + 1
end
return made"#,
    )
});

/// Takes a post that nobody holds. KEYS: the post. ARGV: who, and for how many milliseconds. Answers who holds it.
pub(super) static ENTER: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return ARGV[1] end
return redis.call('GET', KEYS[1])"#,
    )
});

/// Gives a post back. KEYS: the post. ARGV: who may do so.
pub(super) static LEAVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new("if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end")
});
