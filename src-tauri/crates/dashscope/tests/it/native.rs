//! The native protocol's path rule.

use dashscope::chat::{Parameters, SearchOptions};
use dashscope::{Endpoint, ErrorKind, Event, Part, Protocol, Regions, Turn};
use futures_util::StreamExt as _;

use crate::server::{Server, client, events, json, key, official, question};

const HELLO: &str = "id:1\nevent:result\n:HTTP_STATUS/200\ndata:{\"output\":{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]},\"request_id\":\"r\"}\n\n";
const WRONG: &str =
    r#"{"code":"InvalidParameter","message":"url error, please check url!","request_id":"r"}"#;
const TEXT: &str = "POST /api/v1/services/aigc/text-generation/generation HTTP/1.1";
const MULTIMODAL: &str = "POST /api/v1/services/aigc/multimodal-generation/generation HTTP/1.1";

async fn ask(server: &Server, model: &str, times: usize) -> Vec<String> {
    let (client, endpoint, key) = official(server);
    for _ in 0..times {
        let request = question(model);
        let stream = client
            .chat(&endpoint, Some(&key), Protocol::Native, &request)
            .await
            .unwrap();
        let texts: Vec<Event> = stream.collect().await;
        assert!(
            texts.contains(&Event::Text("Hello".to_owned())),
            "{texts:?}"
        );
    }
    let asked = server.asked();
    asked
        .iter()
        .map(|request| request.lines().next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_catalogue_names_the_path() {
    let server = Server::start(vec![events(HELLO)]).await;
    assert_eq!(ask(&server, "qwen-plus", 1).await, [TEXT]);
    let head = server.asked()[0].to_ascii_lowercase();
    assert!(head.contains("\r\nx-dashscope-sse: enable\r\n"), "{head}");
    let body = server.body(0);
    assert_eq!(body["parameters"]["result_format"], "message");
    assert_eq!(body["parameters"]["incremental_output"], true);
    assert_eq!(body["input"]["messages"][0]["content"], "1+1?");
    let server = Server::start(vec![events(HELLO)]).await;
    assert_eq!(ask(&server, "qwen3.5-plus", 1).await, [MULTIMODAL]);
    assert_eq!(
        server.body(0)["input"]["messages"][0]["content"][0]["text"],
        "1+1?"
    );
}

#[tokio::test]
async fn a_wrong_path_is_left_once_and_remembered() {
    let as_status = json("400 Bad Request", WRONG);
    let in_stream = events(&format!(
        "id:1\nevent:error\n:HTTP_STATUS/400\ndata:{WRONG}\n\n"
    ));
    for wrong in [as_status, in_stream] {
        let server = Server::start(vec![wrong, events(HELLO)]).await;
        let paths = ask(&server, "qwen-of-next-year", 2).await;
        assert_eq!(
            paths,
            [MULTIMODAL, TEXT, TEXT],
            "multimodal first, then for good the other"
        );
        assert_eq!(server.body(1)["input"]["messages"][0]["content"], "1+1?");
    }
}

#[tokio::test]
async fn two_wrong_paths_are_an_error_and_no_loop() {
    let server = Server::start(vec![json("400 Bad Request", WRONG)]).await;
    let (client, endpoint, key) = official(&server);
    let request = question("qwen-plus");
    let error = client
        .chat(&endpoint, Some(&key), Protocol::Native, &request)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::InvalidRequest);
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn endpoints_without_a_native_base_say_so() {
    let regions = Regions::official();
    let endpoint = Endpoint::parse("https://coding.dashscope.aliyuncs.com/v1", &regions).unwrap();
    let key = key("https://coding.dashscope.aliyuncs.com");
    let request = question("qwen3-coder-plus");
    let result = client(regions)
        .chat(&endpoint, Some(&key), Protocol::Native, &request)
        .await;
    assert_eq!(result.unwrap_err().kind(), &ErrorKind::NoNativeProtocol);
}

#[tokio::test]
async fn uploads_and_search_are_asked_for() {
    let server = Server::start(vec![events(HELLO)]).await;
    let (client, endpoint, key) = official(&server);
    let mut request = question("qwen3.7-plus");
    let image = Part::ImageUrl("oss://dashscope-instant/a/b.png".to_owned());
    request.turns = vec![Turn::User(vec![Part::Text("What?".to_owned()), image])];
    request.parameters = Parameters {
        enable_search: Some(true),
        search_options: Some(SearchOptions {
            enable_source: Some(true),
            ..SearchOptions::default()
        }),
        ..Parameters::default()
    };
    client
        .chat(&endpoint, Some(&key), Protocol::Native, &request)
        .await
        .unwrap();
    let head = server.asked()[0].to_ascii_lowercase();
    assert!(
        head.contains("\r\nx-dashscope-ossresourceresolve: enable\r\n"),
        "{head}"
    );
    let body = server.body(0);
    assert_eq!(
        body["input"]["messages"][0]["content"][1]["image"],
        "oss://dashscope-instant/a/b.png"
    );
    assert_eq!(body["parameters"]["search_options"]["enable_source"], true);
}
