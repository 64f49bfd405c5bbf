//! What a test can learn and steer: records, disconnects, scripts, seeds.

use std::time::{Duration, Instant};

use fake_dashscope::{FakeServer, Fault, Options, Point, RecordedRequest, Script};
use serde_json::json;

use crate::wire::{COMPATIBLE, Chat, get};

fn server() -> FakeServer {
    FakeServer::start(Options::default())
}

/// The only request, as soon as it is what a test waits for.
fn only_request(server: &FakeServer, done: impl Fn(&RecordedRequest) -> bool) -> RecordedRequest {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let requests = server.requests();
        assert!(requests.len() <= 1);
        if let Some(request) = requests.into_iter().find(|request| done(request)) {
            return request;
        }
        assert!(
            Instant::now() < deadline,
            "the request never came to what was waited for"
        );
        std::thread::yield_now();
    }
}

#[test]
fn a_request_is_recorded_with_everything_it_carried() {
    let server = server();
    let before = Instant::now();
    let chat = Chat::compatible("/fake flood tokens=5").header("X-DashScope-WorkSpace: llm-1");
    chat.send(&server);
    let request = only_request(&server, |request| request.answered_at.is_some());
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", COMPATIBLE)
    );
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {}", FakeServer::KEY).as_str())
    );
    assert_eq!(request.header("x-dashscope-workspace"), Some("llm-1"));
    assert_eq!(request.body, chat.body);
    assert_eq!(
        request.events_sent, 9,
        "an opening, five words, finish, usage and the end mark"
    );
    assert!(request.received_at >= before && request.answered_at >= Some(request.received_at));
    assert_eq!(request.client_closed_at, None);

    server.forget_requests();
    get(&server, "/api/v1/models?page_no=1", &[]);
    let request = only_request(&server, |_| true);
    assert_eq!(
        (request.query.as_str(), &request.body),
        ("page_no=1", &json!(null))
    );
}

#[test]
fn a_client_that_leaves_is_recorded_at_once() {
    for directive in [
        "tokens=5000 rate=100",
        "tokens=50 stall=after:5",
        "tokens=50 stall=after:5 keepalive=10s",
        "tokens=50 flood drip=300",
        "endless flood",
        "tokens=50 first-token=60",
    ] {
        let server = server();
        let stream = Chat::compatible(&format!("/fake {directive}")).open(&server);
        only_request(&server, |request| request.events_sent >= 1);
        let left = Instant::now();
        drop(stream);
        let request = only_request(&server, |request| request.client_closed_at.is_some());
        let noticed = request
            .client_closed_at
            .unwrap()
            .saturating_duration_since(left);
        assert!(
            noticed < Duration::from_millis(500),
            "{directive}: noticed after {noticed:?}"
        );
        assert_eq!(request.answered_at, None);
    }
}

#[test]
fn a_client_that_leaves_before_the_head_is_recorded_too() {
    for directive in ["stall=headers", "delay=60"] {
        let server = server();
        let stream = Chat::compatible(&format!("/fake {directive}")).open(&server);
        only_request(&server, |_| true);
        drop(stream);
        only_request(&server, |request| request.client_closed_at.is_some());
    }
}

#[test]
fn a_fault_of_the_server_is_no_leaving_of_the_client() {
    for directive in [
        "reset=after:2",
        "truncate=after:2",
        "reset=headers",
        "html",
        "error=500",
    ] {
        let server = server();
        Chat::compatible(&format!("/fake flood tokens=9 {directive}")).send(&server);
        let request = only_request(&server, |request| request.answered_at.is_some());
        assert_eq!(request.client_closed_at, None, "{directive}");
    }
}

#[test]
fn queued_scripts_come_in_turn_before_the_standing_one() {
    let server = server();
    let saying = |text: &str| Script {
        text: Some(text.to_owned()),
        rate: f64::INFINITY,
        ..Script::default()
    };
    server.set_script(saying("standing"));
    server.queue_script(saying("first"));
    server.queue_script(Script::failing(Fault::Reset(Point::Head)));
    // A refused key uses up no script.
    assert_eq!(Chat::compatible("hi").key(None).send(&server).status, 401);
    let chat = Chat::compatible("/fake flood text=directive");
    assert_eq!(chat.send(&server).words(), "first");
    assert_eq!(chat.send(&server).status, 0);
    assert_eq!(chat.send(&server).words(), "standing");
    assert_eq!(chat.send(&server).words(), "standing");
    server.clear_scripts();
    assert_eq!(chat.send(&server).words(), "directive");
}

#[test]
fn a_model_name_is_a_scenario_and_a_directive_refines_it() {
    let server = server();
    let chat = |prompt: &str| {
        Chat::compatible(prompt)
            .with("model", json!("fake-eof"))
            .send(&server)
    };
    let ended = chat("/fake flood");
    assert_eq!(ended.events().len(), 21, "an opening and twenty words");
    assert!(!ended.text().contains("[DONE]"));
    assert_eq!(chat("/fake flood eof-without-end=3").events().len(), 4);
    let busy = Chat::compatible("hi")
        .with("model", json!("fake-busy"))
        .send(&server);
    assert_eq!(busy.status, 503);
}

#[test]
fn only_the_last_user_message_directs() {
    let server = server();
    let earlier = json!([
        {"role": "user", "content": "/fake error=500"},
        {"role": "assistant", "content": "sorry"},
        {"role": "user", "content": "/fake flood text=fine\nand more lines"},
    ]);
    assert_eq!(
        Chat::compatible("")
            .with("messages", earlier)
            .send(&server)
            .words(),
        "fine"
    );
}

#[test]
fn plain_prompts_get_a_friendly_answer_in_their_language() {
    let server = server();
    let ask = |prompt: &str| {
        let answer = Chat::compatible(prompt)
            .whole()
            .with("enable_thinking", json!(true))
            .send(&server);
        answer.json()["choices"][0]["message"].clone()
    };
    let english = ask("How are you?");
    assert!(
        english["content"]
            .as_str()
            .unwrap()
            .contains("“How are you?”")
    );
    assert!(
        english["reasoning_content"]
            .as_str()
            .unwrap()
            .starts_with("The user")
    );
    let chinese = ask("你好吗？");
    assert!(chinese["content"].as_str().unwrap().contains("“你好吗？”"));
    assert!(
        chinese["reasoning_content"]
            .as_str()
            .unwrap()
            .starts_with("用户")
    );
}

#[test]
fn equal_seeds_give_equal_bytes_and_other_seeds_do_not() {
    let bodies = |seed: u64| -> Vec<String> {
        let server = FakeServer::start(Options {
            seed,
            stamp_chunks: false,
            ..Options::default()
        });
        let prompts = [
            "/fake flood tokens=80 thinking=9",
            "/fake flood tools=2 framing=split",
        ];
        prompts
            .iter()
            .map(|prompt| Chat::compatible(prompt).send(&server).text())
            .collect()
    };
    assert_eq!(bodies(7), bodies(7));
    assert_ne!(bodies(7), bodies(8));
    let server = server();
    let words = |directive: &str| {
        Chat::compatible(&format!("/fake flood tokens=80 {directive}"))
            .send(&server)
            .words()
    };
    assert_eq!(words("seed=5"), words("seed=5"));
    assert_ne!(words("seed=5"), words("seed=6"));
}
