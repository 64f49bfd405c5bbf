//! The client against the scripted server, which knows the wire from the same records but shares
//! no code with this crate.

use dashscope::chat::{Parameters, SearchOptions, Tool, ToolCalls};
use dashscope::{
    ApiKey, ChatRequest, Client, Endpoint, Error, ErrorKind, Event, FinishReason, Part, Protocol,
    Regions, Turn,
};
use fake_dashscope::{FakeServer, Options, all_errors};
use futures_util::StreamExt as _;
use secrecy::SecretString;

use crate::server::client;

const BOTH: [(Protocol, &str); 2] = [
    (Protocol::Compatible, "qwen-plus"),
    (Protocol::Native, "qwen3.5-plus"),
];

struct Setup {
    server: FakeServer,
    client: Client,
    endpoint: Endpoint,
    key: ApiKey,
}

/// A reply, told.
#[derive(Debug, Default)]
struct Told {
    text: String,
    thinking: String,
    tools: ToolCalls,
    sources: usize,
    end: Option<Event>,
}

impl Setup {
    fn new() -> Self {
        let server = FakeServer::start(Options::default());
        let endpoint = Endpoint::parse(&server.compatible_base(), &Regions::official()).unwrap();
        let secret = SecretString::from(FakeServer::KEY);
        Self {
            key: ApiKey::new(secret, endpoint.origin().clone()),
            client: client(Regions::official()),
            endpoint,
            server,
        }
    }

    async fn ask(&self, protocol: Protocol, request: &ChatRequest) -> Result<Told, Error> {
        let key = Some(&self.key);
        let mut events = self
            .client
            .chat(&self.endpoint, key, protocol, request)
            .await?;
        let mut told = Told::default();
        while let Some(event) = events.next().await {
            assert!(told.end.is_none(), "nothing follows the end: {event:?}");
            match event {
                Event::Started { request_id, .. } => assert!(request_id.is_some()),
                Event::Text(text) => told.text.push_str(&text),
                Event::Thinking(text) => told.thinking.push_str(&text),
                Event::ToolCall(delta) => told.tools.add(&delta),
                Event::Sources(sources) => told.sources = sources.len(),
                Event::Usage(_) => {}
                end @ (Event::Finished(_) | Event::Failed(_)) => told.end = Some(end),
            }
        }
        Ok(told)
    }

    async fn script(&self, protocol: Protocol, model: &str, script: &str) -> Result<Told, Error> {
        self.ask(protocol, &scripted(model, script)).await
    }

    /// The kind of the error a script ends in, whether before or after the first event.
    async fn failure(&self, protocol: Protocol, model: &str, script: &str) -> (String, ErrorKind) {
        match self.script(protocol, model, script).await {
            Err(error) => (String::new(), error.kind().clone()),
            Ok(told) => match told.end {
                Some(Event::Failed(error)) => (told.text, error.kind().clone()),
                other => panic!("{script} ended in {other:?}"),
            },
        }
    }
}

fn scripted(model: &str, script: &str) -> ChatRequest {
    ChatRequest {
        model: model.to_owned(),
        turns: vec![Turn::User(vec![Part::Text(format!(
            "/fake flood {script}"
        ))])],
        ..ChatRequest::default()
    }
}

fn finished(told: &Told) -> &FinishReason {
    match &told.end {
        Some(Event::Finished(reason)) => reason,
        other => panic!("not finished: {other:?}"),
    }
}

#[tokio::test]
async fn every_framing_tells_the_same_reply() {
    let setup = Setup::new();
    let words = "汉字 and 👋 words, \"quoted\".";
    for (protocol, model) in BOTH {
        for framing in [
            "lf",
            "crlf",
            "cr",
            "mixed",
            "no-blank",
            "multiline",
            "split",
            "bom",
            "swap-space",
            "crlf,split,bom",
            "mixed,multiline,split",
            "no-blank,multiline,cr,split",
        ] {
            for extra in [
                "",
                "close-delimited",
                "array-content",
                "finish-twice",
                "usage=null",
                "keepalive=1ms",
            ] {
                let script = format!("thinking=5 framing={framing} {extra} text={words}");
                let told = setup.script(protocol, model, &script).await.unwrap();
                assert_eq!(told.text, words, "{protocol:?} {script}");
                assert!(!told.thinking.is_empty(), "{protocol:?} {script}");
                assert_eq!(
                    finished(&told),
                    &FinishReason::Stop,
                    "{protocol:?} {script}"
                );
            }
        }
    }
}

#[tokio::test]
async fn tools_sources_and_reasons_arrive() {
    let setup = Setup::new();
    for (protocol, model) in BOTH {
        for extra in ["", "together", "framing=split"] {
            let mut request = scripted(model, &format!("tools=2 {extra}"));
            request.parameters.tools = ["get_weather", "get_time"]
                .map(|name| Tool::Function {
                    name: name.to_owned(),
                    description: "d".to_owned(),
                    parameters: serde_json::json!({"type": "object", "properties": {}}),
                })
                .to_vec();
            let told = setup.ask(protocol, &request).await.unwrap();
            assert_eq!(finished(&told), &FinishReason::ToolCalls, "{extra}");
            let calls = told.tools.into_calls();
            assert_eq!(calls.len(), 2, "{extra}: {calls:?}");
            for call in &calls {
                let arguments: Result<serde_json::Value, _> = serde_json::from_str(&call.arguments);
                assert!(arguments.is_ok() && !call.id.is_empty(), "{call:?}");
                assert!(
                    ["get_weather", "get_time"].contains(&call.name.as_str()),
                    "{call:?}"
                );
            }
        }
        let told = setup
            .script(protocol, model, "finish=length text=cut")
            .await
            .unwrap();
        assert_eq!(finished(&told), &FinishReason::Length);
    }
    let mut request = scripted("qwen3.5-plus", "text=found");
    request.parameters = Parameters {
        enable_search: Some(true),
        search_options: Some(SearchOptions {
            enable_source: Some(true),
            ..SearchOptions::default()
        }),
        ..Parameters::default()
    };
    let told = setup.ask(Protocol::Native, &request).await.unwrap();
    assert!(told.sources > 0, "{told:?}");
}

#[tokio::test]
async fn cumulative_output_is_told_once() {
    let setup = Setup::new();
    let mut request = scripted("qwen-plus", "cumulative text=One by one, 一个一个。");
    request.parameters.incremental_output = Some(false);
    let told = setup.ask(Protocol::Native, &request).await.unwrap();
    assert_eq!(told.text, "One by one, 一个一个。");
}

#[tokio::test]
async fn the_shape_of_an_error_does_not_change_its_meaning() {
    let setup = Setup::new();
    let shapes = [
        (
            Protocol::Compatible,
            "qwen-plus",
            vec!["C", "D", "E", "F", "I"],
        ),
        (
            Protocol::Native,
            "qwen3.5-plus",
            vec!["A", "B", "B2", "E", "H", "I"],
        ),
    ];
    for (protocol, model, shapes) in shapes {
        // Inside another status a gateway's 502 says nothing: it has no code and no words.
        let whole = |name: &str| !["400-url", "502"].contains(&name);
        for row in all_errors().iter().filter(|row| whole(&row.name)) {
            let mut kinds = Vec::new();
            for shape in &shapes {
                let script = format!("error={} shape={shape}", row.name);
                kinds.push((*shape, setup.failure(protocol, model, &script).await.1));
            }
            let first = kinds[0].1.clone();
            assert!(
                kinds.iter().all(|(_, kind)| *kind == first),
                "{protocol:?} {}: {kinds:?}",
                row.name
            );
        }
    }
}

#[tokio::test]
async fn w_06_failures_in_mid_stream_keep_the_text() {
    let setup = Setup::new();
    for (protocol, model, shape) in [
        (Protocol::Compatible, "qwen-plus", "F"),
        (Protocol::Compatible, "qwen-plus", "G"),
        (Protocol::Compatible, "qwen-plus", "G-json"),
        (Protocol::Native, "qwen3.5-plus", "B"),
    ] {
        let script = format!("tokens=50 midstream={shape} at=20");
        let (text, kind) = setup.failure(protocol, model, &script).await;
        assert_eq!(kind, ErrorKind::ContentRejected, "{shape}");
        assert!(!text.is_empty(), "{shape} lost its text");
    }
}

#[tokio::test]
async fn broken_bodies_are_named() {
    let setup = Setup::new();
    for (protocol, model) in BOTH {
        let cases = [
            ("eof-without-end=10", ErrorKind::Interrupted),
            ("truncate=after:10", ErrorKind::ConnectionLost),
            ("truncate=length:10", ErrorKind::ConnectionLost),
            ("reset=after:10", ErrorKind::ConnectionLost),
            ("bad-json", ErrorKind::ProtocolViolation),
            ("wrong-types", ErrorKind::ProtocolViolation),
            ("oversize=line", ErrorKind::TooLarge),
            ("oversize=event", ErrorKind::TooLarge),
            ("html", ErrorKind::UnexpectedContent),
            ("empty", ErrorKind::EmptyAnswer),
            (
                "redirect=307:https://example.com/",
                ErrorKind::Redirected {
                    host: Some("example.com".to_owned()),
                },
            ),
            ("framing=lf gzip", ErrorKind::UnexpectedContent),
        ];
        for (script, expected) in cases {
            let script = format!("tokens=40 {script}");
            let (_, kind) = setup.failure(protocol, model, &script).await;
            assert_eq!(kind, expected, "{protocol:?} {script}");
        }
        for script in [
            "no-finish",
            "no-done",
            "after-done",
            "odd-deltas",
            "bad-json=once",
            "odd-text",
        ] {
            let told = setup
                .script(protocol, model, &format!("tokens=40 {script}"))
                .await
                .unwrap();
            assert!(!told.text.is_empty(), "{protocol:?} {script}");
            if protocol == Protocol::Native && script == "no-finish" {
                // Without a reason there is no end signal here: the native stream has no [DONE].
                let Some(Event::Failed(error)) = &told.end else {
                    panic!("finished without a reason: {told:?}");
                };
                assert_eq!(error.kind(), &ErrorKind::Interrupted);
            } else {
                assert!(
                    finished(&told).is_normal(),
                    "{protocol:?} {script}: {:?}",
                    told.end
                );
            }
        }
    }
}

#[tokio::test]
async fn the_model_list_is_read_and_a_wrong_key_is_refused() {
    let setup = Setup::new();
    let models = setup
        .client
        .models(&setup.endpoint, Some(&setup.key))
        .await
        .unwrap();
    assert!(models.iter().any(|id| id == "qwen-plus"), "{models:?}");
    setup.server.set_accepted_keys(Vec::new());
    let error = setup
        .client
        .models(&setup.endpoint, Some(&setup.key))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::KeyRefused);
    for (protocol, model) in BOTH {
        let (_, kind) = setup.failure(protocol, model, "text=a").await;
        assert_eq!(kind, ErrorKind::KeyRefused);
    }
}

#[tokio::test]
async fn dropping_the_stream_closes_the_socket() {
    let setup = Setup::new();
    let mut request = scripted("qwen-plus", "endless");
    request.turns = vec![Turn::User(vec![Part::Text(
        "/fake rate=50 endless".to_owned(),
    )])];
    let key = Some(&setup.key);
    let chat = setup
        .client
        .chat(&setup.endpoint, key, Protocol::Compatible, &request);
    let mut events = chat.await.unwrap();
    assert!(events.next().await.is_some());
    drop(events);
    let dropped = std::time::Instant::now();
    loop {
        let closed = setup
            .server
            .requests()
            .last()
            .and_then(|request| request.client_closed_at);
        if closed.is_some() {
            break;
        }
        assert!(dropped.elapsed().as_secs() < 5, "the server was not told");
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}
