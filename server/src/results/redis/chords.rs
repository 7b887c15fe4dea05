//! Chords in Celery's own keys, so that members of one header can run on workers of both kinds.
//!
//! An end is counted as Celery 5.7 counts it, with `.d` against repetitions and `.c` as the claim to the body; older
//! workers use `.j`, `.t` and `.s` alone and are counted as well. Two things are done differently. A whole batch of ends is
//! one round trip. And a claim names the end that completed the chord instead of a fresh token: that end may take it up
//! again when it comes a second time, because a worker has died between the claim and the body.

use super::RedisResults;
use crate::protocol::{State, TaskId, lenient};
use crate::results::{ChordPart, Chords, ClosedChord, Complete, Joined, MemberEnd, NewChord, ResultError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use redis::{Script, Value};
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::LazyLock;

/// How long a claim lasts, in seconds. Whoever completed the chord is not bound by it; others are, until then.
const CLAIM: u64 = 30;
/// How long it is remembered that a body was sent, in seconds.
const REMEMBERED: u64 = 300;

/// KEYS, six for each end: `.j .t .s .d .c` and the saved group. ARGV: seconds to keep them or 0 for ever, seconds of a
/// claim, then for each end: member, place, entry, claim. Answers for each end with 0, with the saved group and all
/// entries when the body is the caller's to send, or with a text when the keys hold something else.
static JOIN: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
local keep = tonumber(ARGV[1])
local function tasks(tuple)
  if type(tuple[2]) ~= 'table' then return 1 end
  local sum = 0
  for _, member in ipairs(tuple[2]) do sum = sum + tasks(member) end
  return sum
end
local function count(j, t, s, d, c, g, member, place, entry, claim)
  local holder = redis.call('GET', c)
  if holder == 'done' then return 0 end
  local unordered = redis.call('TYPE', j).ok == 'list'
  if redis.call('SADD', d, member) == 1 then
    if unordered then redis.call('RPUSH', j, entry)
    elseif redis.call('ZADD', j, 'NX', place, entry) == 0 then
      -- The same task with the same result at another place: white space tells them apart.
      local blank = place:gsub('%D', ''):gsub('%d', function(n) return string.rep('\t', n) .. ' ' end)
      redis.call('ZADD', j, place, entry .. blank .. ' ')
    end
  end
  if keep > 0 then
    for _, key in ipairs({j, t, s, d, g}) do redis.call('EXPIRE', key, keep) end
  end
  local size = redis.call('GET', s)
  if not size then return 0 end
  local added = tonumber(redis.call('GET', t) or 0)
  local wanted = tonumber(size) + added
  local saved = redis.call('GET', g)
  local known = saved and tasks(cjson.decode(saved).result) or 0
  if known > wanted then
    -- Celery up to 5.5 sets the size anew when it sends a group of the header, and forgets the others.
    wanted = known
    redis.call('SET', s, known - added)
    if keep > 0 then redis.call('EXPIRE', s, keep) end
  end
  local come = unordered and redis.call('LLEN', j) or redis.call('ZCARD', j)
  if come < wanted or (holder and holder ~= claim) then return 0 end
  redis.call('SET', c, claim, 'EX', ARGV[2])
  return {saved, redis.call(unordered and 'LRANGE' or 'ZRANGE', j, 0, -1)}
end
local answers = {}
for at = 1, #KEYS / 6 do
  local j, t, s, d, c, g = unpack(KEYS, at * 6 - 5, at * 6)
  local sound, answer = pcall(count, j, t, s, d, c, g, unpack(ARGV, at * 4 - 1, at * 4 + 2))
  if not sound then answer = type(answer) == 'table' and answer.err or tostring(answer) end
  answers[at] = answer
end
return answers"#,
    )
});

/// KEYS, five for each chord: `.c .s .j .t .d`. ARGV: seconds to remember, then for each chord: claim, 1 if its body
/// was sent. A claim that was lost meanwhile leaves everything to whoever has it now.
static CLOSE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
for at = 1, #KEYS / 5 do
  local c, s, j, t, d = unpack(KEYS, at * 5 - 4, at * 5)
  if redis.call('GET', c) == ARGV[at * 2] then
    if ARGV[at * 2 + 1] == '1' then
      redis.call('DEL', j, t, s, d)
      redis.call('SET', c, 'done', 'EX', ARGV[1])
    else
      redis.call('DEL', s)
    end
  end
end"#,
    )
});

impl RedisResults {
    async fn open(&self, chords: &[NewChord]) -> Result<(), ResultError> {
        let mut pipeline = redis::pipe();
        let mut set = |key: &str, value: &str| {
            let command = pipeline.cmd("SET").arg(key).arg(value);
            if let Some(seconds) = self.seconds() {
                command.arg("EX").arg(seconds);
            }
            command.ignore();
        };
        for chord in chords {
            if let Some(structure) = &chord.structure {
                set(&self.keys.group(&chord.group), &format!(r#"{{"result":{}}}"#, structure.get()));
            }
            set(&self.keys.chord(&chord.group).size, &chord.size.to_string());
        }
        for chord in chords {
            pipeline.del(self.keys.chord(&chord.group).claim).ignore();
        }
        Ok(self.link.query::<()>(&pipeline).await?)
    }

    async fn count(&self, parts: &[ChordPart]) -> Result<Vec<Joined>, ResultError> {
        let mut script = JOIN.prepare_invoke();
        script.arg(self.seconds().unwrap_or(0)).arg(CLAIM);
        for part in parts {
            let keys = self.keys.chord(&part.group);
            script.key(keys.joined).key(keys.added).key(keys.size).key(keys.seen).key(keys.claim);
            script.key(self.keys.group(&part.group));
            script.arg(format!("{}:{}", part.task_id, part.place())).arg(part.place());
            script.arg(entry(part)).arg(part.claim());
        }
        let answers: Vec<Value> = self.link.script(&script).await?;
        Ok(parts.iter().zip(answers).map(|(part, answer)| joined(part, answer)).collect())
    }

    async fn close(&self, chords: &[ClosedChord]) -> Result<(), ResultError> {
        let mut script = CLOSE.prepare_invoke();
        script.arg(REMEMBERED);
        for chord in chords {
            let keys = self.keys.chord(&chord.group);
            script.key(keys.claim).key(keys.size).key(keys.joined).key(keys.added).key(keys.seen);
            script.arg(&chord.claim).arg(u8::from(chord.ran));
        }
        Ok(self.link.script::<()>(&script).await?)
    }

    /// For how long keys are kept.
    fn seconds(&self) -> Option<u64> {
        self.keep.map(|keep| keep.as_secs().max(1))
    }
}

impl Chords for RedisResults {
    fn open_chords(&self, chords: Vec<NewChord>) -> BoxFuture<'_, Result<(), ResultError>> {
        async move { self.open(&chords).await }.boxed()
    }

    fn join(&self, parts: Vec<ChordPart>) -> BoxFuture<'_, Result<Vec<Joined>, ResultError>> {
        async move { self.count(&parts).await }.boxed()
    }

    fn close_chords(&self, chords: Vec<ClosedChord>) -> BoxFuture<'_, Result<(), ResultError>> {
        async move { self.close(&chords).await }.boxed()
    }
}

/// `[1, id, state, result]`, as Celery writes it.
fn entry(part: &ChordPart) -> String {
    let (id, state) = (json!(part.task_id), json!(part.state));
    format!("[1, {id}, {state}, {}]", part.result.get())
}

fn joined(part: &ChordPart, answer: Value) -> Joined {
    match answer {
        Value::Array(answer) => {
            let [saved, Value::Array(entries)] = answer.as_slice() else { return Joined::Open };
            let ends = entries.iter().filter_map(bytes).filter_map(read).collect();
            let structure = bytes(saved).and_then(structure);
            Joined::Complete(Complete { claim: part.claim(), ends, structure })
        }
        Value::BulkString(reason) => {
            let reason = String::from_utf8_lossy(&reason);
            tracing::error!(chord = part.group, task.id = %part.task_id, %reason, "cannot count the end of a chord's task");
            Joined::Open
        }
        _ => Joined::Open,
    }
}

fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        _ => None,
    }
}

/// Python's entries are read as tolerantly as Python reads them.
fn read(entry: &[u8]) -> Option<MemberEnd> {
    let (_, id, state, result): (serde::de::IgnoredAny, String, State, Box<RawValue>) =
        lenient::from_slice(entry)
            .inspect_err(|error| tracing::warn!(%error, "the end of a chord's task cannot be read"))
            .ok()?;
    Some(MemberEnd { task_id: TaskId::from(id), state, result })
}

/// `{"result": tuple}`.
fn structure(saved: &[u8]) -> Option<Box<RawValue>> {
    #[derive(serde::Deserialize)]
    struct Saved {
        result: Box<RawValue>,
    }
    serde_json::from_slice::<Saved>(saved).ok().map(|saved| saved.result)
}
