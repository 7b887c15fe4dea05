//! What real Celery workers said, folded.

use umbel::monitor::Cluster;
use umbel::protocol::event::decode;

#[test]
fn recorded_lives_end_as_they_ended() {
    let recorded = include_str!("../../fixtures/events/recorded.json");
    let payload = serde_json::json!({"body": recorded, "content-type": "application/json", "headers": {}});
    let decoded = decode(payload.to_string().as_bytes()).expect("recorded of Celery");
    assert_eq!(decoded.malformed, 0);
    let mut cluster = Cluster::new(1024, 1000, 0);
    for event in &decoded.events {
        cluster.apply(event, (event.timestamp * 1000.0) as i64);
    }
    let ends = [
        ("3a9c50f0-e336-4b1e-a515-d00f045ac8eb", "SUCCESS"),
        ("09c7ecbd-a947-4334-844b-615418b46ad3", "SUCCESS"),
        ("4da2f509-d331-41b1-8a16-0dac0aa50aec", "FAILURE"),
        ("1cae7573-592e-42c9-a86d-c3605818705e", "FAILURE"),
        ("a3d9b30b-0e35-4f4b-8f6c-788c4642f20c", "SUCCESS"),
        ("58e4d1fb-e88f-4b22-b75d-dacda0ae1493", "SUCCESS"),
        ("784d4dcb-5582-49d8-9d18-d6d7d339ae36", "REVOKED"),
        ("d8461e10-2686-4969-8e5c-6d76c040e746", "REVOKED"),
        ("59ecf3c2-d30a-4314-90e0-bbb53185c3cb", "REVOKED"),
        ("4ecfd46e-1f99-4665-b9b1-98beff6e2a0d", "FAILURE"),
    ];
    for (id, state) in ends {
        assert_eq!(cluster.task(id).expect("spoken of").state.as_str(), state, "{id}");
    }
    let retried = cluster.task("1cae7573-592e-42c9-a86d-c3605818705e").expect("spoken of");
    assert_eq!(retried.retries, 1);
    let first = cluster.task("3a9c50f0-e336-4b1e-a515-d00f045ac8eb").expect("spoken of");
    assert_eq!(first.name.as_deref(), Some("proj.add"));
    assert_eq!(first.queue.as_deref(), Some("celery"));
    assert_eq!(first.worker.as_deref(), Some("w1@fixture.example"));
    assert!(first.runtime.is_some());
    let worker = cluster.worker("w1@fixture.example").expect("it said hello");
    assert!(!worker.online, "it said goodbye");
    assert_eq!(worker.software.as_deref(), Some("py-celery 5.7.0"));
}
