//! Who is let in, on which paths, and with which headers.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use fake_dashscope::{FakeServer, Options, StartError};
use serde_json::json;

use crate::wire::{COMPATIBLE, Chat, TEXT, get, request};

const KEY_HEADER: &str = "Authorization: Bearer sk-0123456789abcdef0123456789abcdef";

#[test]
fn only_loopback_addresses_are_bound() {
    for address in ["0.0.0.0", "192.168.1.1", "::", "8.8.8.8"] {
        let address: IpAddr = address.parse().unwrap();
        let refused = FakeServer::try_start(Options {
            address,
            ..Options::default()
        });
        assert!(matches!(refused, Err(StartError::NotLoopback(other)) if other == address));
    }
    let other = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    let options = Options {
        address: other,
        ..Options::default()
    };
    // Only Linux has all of 127/8; elsewhere the address is allowed and cannot be had.
    if let Ok(server) = FakeServer::try_start(options) {
        assert_eq!(server.address().ip(), other);
    }
}

#[test]
fn a_stopped_server_has_left_its_port() {
    let server = FakeServer::start(Options::default());
    let address = server.address();
    assert!(std::net::TcpStream::connect(address).is_ok());
    server.stop();
    let deadline = Instant::now() + Duration::from_secs(5);
    while std::net::TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "the port still answers");
        std::thread::yield_now();
    }
}

#[test]
fn a_missing_or_wrong_key_is_refused_in_each_protocols_own_shape() {
    let server = FakeServer::start(Options::default());
    for key in [None, Some("sk-wrong")] {
        let compatible = Chat::compatible("hi").key(key).send(&server);
        assert_eq!(compatible.status, 401);
        let body = compatible.json();
        assert_eq!(body["error"]["code"], "invalid_api_key");
        assert_eq!(body["error"]["type"], "invalid_request_error");
        let id = compatible.header("x-request-id").unwrap();
        assert_eq!(body["request_id"], id);
        assert_eq!(body["id"], format!("chatcmpl-{id}"));

        let native = Chat::native("hi").key(key).send(&server);
        assert_eq!(native.status, 401);
        let id = native.header("x-request-id").unwrap();
        let message = match key {
            None => "No API-key provided.",
            Some(_) => "Invalid API-key provided.",
        };
        let expected = json!({"code": "InvalidApiKey", "message": message, "request_id": id});
        assert_eq!(native.json(), expected);

        let list = get(&server, "/compatible-mode/v1/models", &[]);
        assert_eq!(list.status, 401);
    }
    server.set_accepted_keys(vec![String::from("sk-wrong")]);
    assert_eq!(
        Chat::compatible("/fake flood")
            .key(Some("sk-wrong"))
            .send(&server)
            .status,
        200
    );
}

#[test]
fn a_keyless_server_is_a_local_model_server() {
    let options = Options {
        keyless: true,
        models: vec![String::from("qwen3:8b")],
        ..Options::default()
    };
    let server = FakeServer::start(options);
    let list = get(&server, "/v1/models", &[]);
    assert_eq!(list.status, 200);
    let rows = json!([{"id": "qwen3:8b", "object": "model", "created": 1_767_683_986, "owned_by": "system"}]);
    assert_eq!(list.json(), json!({"object": "list", "data": rows}));
    let chat = Chat::compatible("/fake flood text=hello")
        .key(None)
        .with("model", json!("qwen3:8b"));
    let local = Chat::to("/v1/chat/completions", chat.body)
        .key(None)
        .send(&server);
    assert_eq!(local.words(), "hello");
}

#[test]
fn the_list_of_models_has_every_known_id() {
    let server = FakeServer::start(Options::default());
    let list = get(&server, "/compatible-mode/v1/models", &[KEY_HEADER]).json();
    let ids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert!(ids.len() > 100);
    assert!(ids.contains(&"qwen-plus"));
    let native = get(&server, "/api/v1/models", &[KEY_HEADER]).json();
    assert_eq!(native["output"]["total"], ids.len());
    assert_eq!(native["output"]["models"][0]["model"], ids[0]);
}

#[test]
fn a_preflight_is_refused_and_no_answer_ever_allows_an_origin() {
    let server = FakeServer::start(Options::default());
    let origin = "Origin: http://tauri.localhost";
    for path in [COMPATIBLE, TEXT, "/compatible-mode/v1/models", "/anything"] {
        let asked = [
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization",
        ];
        let preflight = request(&server, "OPTIONS", path, &[origin, asked[0], asked[1]]);
        assert_eq!(preflight.status, 403, "{path}");
        assert!(
            !preflight
                .head
                .to_lowercase()
                .contains("access-control-allow")
        );
    }
    let chat = Chat::compatible("/fake flood").header(origin).send(&server);
    assert_eq!(chat.status, 200);
    assert!(!chat.head.to_lowercase().contains("access-control-allow"));
    let vary = "Origin,Access-Control-Request-Method,Access-Control-Request-Headers";
    assert_eq!(chat.header("vary"), Some(vary));
}

#[test]
fn every_answer_carries_the_headers_of_the_service() {
    let server = FakeServer::start(Options::default());
    let compatible = Chat::compatible("/fake flood").send(&server);
    assert_eq!(compatible.header("content-type"), Some("text/event-stream"));
    assert_eq!(compatible.header("x-dashscope-timeout"), Some("600"));
    assert_eq!(compatible.header("transfer-encoding"), Some("chunked"));
    let id = compatible.header("x-request-id").unwrap();
    assert!(
        compatible
            .events()
            .iter()
            .all(|event| event["id"] == format!("chatcmpl-{id}"))
    );

    let native = Chat::native("/fake flood").send(&server);
    assert_eq!(
        native.header("content-type"),
        Some("text/event-stream;charset=UTF-8")
    );
    let id = native.header("x-request-id").unwrap();
    assert!(
        native
            .events()
            .iter()
            .all(|event| event["request_id"] == id)
    );

    let whole = Chat::native("/fake flood").whole().send(&server);
    assert_eq!(whole.header("content-type"), Some("application/json"));
    assert_eq!(
        whole.json()["request_id"],
        whole.header("x-request-id").unwrap()
    );
}

#[test]
fn other_paths_and_methods_get_an_empty_404() {
    let server = FakeServer::start(Options::default());
    for path in ["/", "/compatible-mode/v1", "/v1/messages", COMPATIBLE] {
        let answer = get(&server, path, &[KEY_HEADER]);
        assert_eq!(
            (answer.status, answer.text()),
            (404, String::new()),
            "{path}"
        );
    }
}
