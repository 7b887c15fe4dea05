//! A timeline as bytes: what happened to a task within one flush takes one value, not a row for each event.
//!
//! Each entry is its kind (one byte), its moment in milliseconds (eight), its worker's number (two), the length of its
//! remark (one) and the remark. Numbers are little-endian.

use super::text::{REMARK, cut};
use super::{NOTHING, TimelineEntry, TimelineKind, Word, Words};
use std::sync::Arc;

/// Appends one entry.
pub fn push(pack: &mut Vec<u8>, at: i64, kind: TimelineKind, worker: Option<&Word>, remark: &str) {
    let remark = cut(remark, REMARK);
    pack.push(kind as u8);
    pack.extend_from_slice(&at.to_le_bytes());
    pack.extend_from_slice(&worker.map_or(NOTHING, |word| word.number).to_le_bytes());
    pack.push(u8::try_from(remark.len()).expect("a remark is shorter than 256 bytes"));
    pack.extend_from_slice(remark.as_bytes());
}

/// Reads entries up to the end, or up to the first that makes no sense.
pub fn read(mut pack: &[u8], words: &Words, timeline: &mut Vec<TimelineEntry>) {
    while let Some((entry, rest)) = entry(pack, words) {
        timeline.push(entry);
        pack = rest;
    }
}

fn entry<'a>(pack: &'a [u8], words: &Words) -> Option<(TimelineEntry, &'a [u8])> {
    let (kind, pack) = pack.split_first()?;
    let (at, pack) = pack.split_first_chunk::<8>()?;
    let (worker, pack) = pack.split_first_chunk::<2>()?;
    let (length, pack) = pack.split_first()?;
    let (remark, rest) = pack.split_at_checked(usize::from(*length))?;
    let entry = TimelineEntry {
        at: i64::from_le_bytes(*at),
        kind: TimelineKind::from_number(*kind)?,
        worker: words.get(u16::from_le_bytes(*worker)),
        remark: (!remark.is_empty()).then(|| Arc::from(String::from_utf8_lossy(remark))),
    };
    Some((entry, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let words = Words::default();
        let worker = words.intern("w1@host");
        let mut pack = Vec::new();
        push(&mut pack, 1_795_158_740_959, TimelineKind::Started, Some(&worker), "");
        push(&mut pack, -1, TimelineKind::Failed, None, &"ö".repeat(200));
        let mut timeline = Vec::new();
        read(&pack, &words, &mut timeline);
        assert_eq!(timeline.len(), 2);
        assert_eq!(timeline[0].worker.as_deref(), Some("w1@host"));
        assert_eq!(timeline[0].remark, None);
        assert_eq!(timeline[1].at, -1);
        assert_eq!(timeline[1].remark.as_deref(), Some("ö".repeat(REMARK / 2).as_str()));
    }

    #[test]
    fn a_torn_pack_gives_what_is_whole() {
        let words = Words::default();
        let mut pack = Vec::new();
        push(&mut pack, 1, TimelineKind::Sent, None, "");
        push(&mut pack, 2, TimelineKind::Retried, None, "boom");
        let mut timeline = Vec::new();
        read(&pack[..pack.len() - 1], &words, &mut timeline);
        assert_eq!(timeline.len(), 1);
        read(&[99; 40], &words, &mut timeline);
        assert_eq!(timeline.len(), 1, "an unknown kind");
    }
}
