//! Stored results, groups and parts of chords.

use super::*;
use umbel::protocol::ResultMeta;
use umbel::protocol::result::{ChordPart, GroupMeta};

fn check(stored: &[u8]) {
    if let Ok(meta) = ResultMeta::decode(stored) {
        let again = ResultMeta::decode(&meta.encode()).expect("it was just written");
        assert_eq!(again.encode(), meta.encode());
        assert_eq!(again.exception(), meta.exception());
        // Shown on pages and in events.
        let _ = meta.exception().map(|error| error.to_string());
    }
    if let Ok(group) = serde_json::from_slice::<GroupMeta>(stored) {
        let written = serde_json::to_vec(&group).expect("JSON");
        assert_eq!(serde_json::from_slice::<GroupMeta>(&written).expect("it was just written"), group);
        let _ = group.result.tasks();
    }
    if let Ok(part) = ChordPart::decode(stored) {
        assert_eq!(ChordPart::decode(&part.encode()).expect("it was just written").encode(), part.encode());
    }
}

#[test]
fn damaged_results() {
    let mut corpus =
        recorded_texts("results", |text| text.starts_with('{').then(|| text.as_bytes().to_vec()));
    corpus.push(br#"[1, "a", "SUCCESS", {"x": []}]"#.to_vec());
    corpus.push(b"\0celery-compressed\0zlib\0x\x9c\x8b\x8e\x05\0\x01\x15\0\xb9".to_vec());
    run("result", &corpus, check);
}
