//! The server's honesty: the vendor's own Python clients, pinned, complete their calls against it.
//! Where there is no Python or no network, these tests say what they did not check.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "functions shared by tests fail the test by panicking"
)]

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use fake_dashscope::{FakeServer, Options};
use serde_json::{Value, json};

const PACKAGES: [(&str, &str); 2] = [("dashscope", "2.0.2"), ("openai", "3.54.0")];

/// The Python of an environment with the packages, or why there is none.
static PYTHON: LazyLock<Result<PathBuf, String>> = LazyLock::new(environment);

fn environment() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vendor-clients");
    let python = if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    };
    if has_packages(&python) {
        return Ok(python);
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(system)
        .args(["-m", "venv", "--clear"])
        .arg(&folder))?;
    let wanted = PACKAGES.map(|(name, version)| format!("{name}=={version}"));
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet"])
        .args(wanted))?;
    Ok(python)
}

fn has_packages(python: &Path) -> bool {
    let checks = PACKAGES.map(|(name, version)| format!("version('{name}') == '{version}'"));
    let script = format!(
        "from importlib.metadata import version; assert {}",
        checks.join(" and ")
    );
    run(Command::new(python).args(["-c", &script])).is_ok()
}

/// The standard output of a command that succeeds.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// What one client made of all its calls; `None`, said loudly, where there is no Python.
fn calls_of(client: &str) -> Option<Value> {
    let python = match &*PYTHON {
        Ok(python) => python,
        Err(problem) => {
            // Past the capture of the test runner, and in one piece.
            let said = format!("NOT CHECKED: {client} against the server, because {problem}\n");
            io::stderr().write_all(said.as_bytes()).unwrap();
            return None;
        }
    };
    let server = FakeServer::start(Options::default());
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join("clients.py");
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vendor-clients-home");
    std::fs::create_dir_all(&home).unwrap();
    let mut command = Command::new(python);
    command
        .arg(script)
        .args([&server.base_url(), FakeServer::KEY, client]);
    // Nothing of the machine's own configuration reaches the clients, and no proxy either.
    command.env("HOME", &home).env("USERPROFILE", &home);
    command
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    command
        .env("DASHSCOPE_DISABLE_SDK_HEADERS", "1")
        .env_remove("DASHSCOPE_API_KEY");
    let printed = run(&mut command).unwrap();
    let calls = serde_json::from_str(&printed).unwrap();
    assert!(
        server.requests().len() >= 8,
        "the client must have asked this server"
    );
    Some(calls)
}

fn assert_words(call: &Value, text: &str, reasoning: &str, finish: &str) {
    assert_eq!(call["error"], Value::Null, "{call}");
    assert_eq!(call["text"], text);
    assert_eq!(call["reasoning"], reasoning);
    assert_eq!(call["finish"], finish);
}

fn assert_error(call: &Value, class: Option<&str>, code: Option<&str>, status: Option<u16>) {
    let error = &call["error"];
    assert_eq!(error["class"], json!(class), "{call}");
    assert_eq!(error["code"], json!(code), "{call}");
    assert_eq!(error["status"], json!(status), "{call}");
}

/// What every client must have made of the calls that succeed.
fn assert_answers(calls: &Value) {
    let plain = "plain words here";
    assert_words(&calls["plain"], plain, "", "stop");
    assert_eq!(calls["plain"]["output"], 3);
    assert_words(&calls["streamed"], plain, "", "stop");
    assert!(
        calls["streamed"]["events"].as_u64() > Some(3),
        "it must really have streamed"
    );
    assert_eq!(calls["streamed"]["output"], 3);
    assert_eq!(calls["streamed"]["input"], calls["plain"]["input"]);

    let thinking = &calls["thinking"];
    assert_words(
        thinking,
        "1+1 = 2",
        thinking["reasoning"].as_str().unwrap(),
        "stop",
    );
    assert_eq!(
        thinking["reasoning"].as_str().unwrap().split(' ').count(),
        3
    );
    assert_eq!(thinking["reasoning_tokens"], 3);
    assert_eq!(thinking["output"], 6);

    let tools = &calls["tools"];
    assert_words(tools, "", "", "tool_calls");
    assert_eq!(tools["tools"].as_object().unwrap().len(), 2);
    for (index, place) in [("0", "Paris"), ("1", "杭州")] {
        let call = &tools["tools"][index];
        assert_eq!(call[1], "get_weather");
        let arguments: Value = serde_json::from_str(call[2].as_str().unwrap()).unwrap();
        assert_eq!(arguments, json!({"location": place}));
    }
}

/// The partial answer of a refusal in mid-stream is there, and so is its request id.
fn assert_midstream(call: &Value) {
    assert_eq!(call["text"], "Hello! I");
    assert_eq!(call["finish"], Value::Null);
}

#[test]
fn the_module_level_calls_of_dashscope_complete() {
    let Some(calls) = calls_of("dashscope-module") else {
        return;
    };
    assert_answers(&calls);
    assert_words(&calls["cumulative"], "plain words here", "", "stop");
    assert_words(&calls["pictured"], "A beach and a dog.", "", "stop");
    assert_error(&calls["bad_key"], None, Some("InvalidApiKey"), Some(401));
    assert_error(&calls["refused"], None, Some("InvalidParameter"), Some(400));
    assert_error(
        &calls["refused_stream"],
        None,
        Some("InvalidParameter"),
        Some(400),
    );
    assert_error(
        &calls["throttled"],
        None,
        Some("Throttling.RateQuota"),
        Some(429),
    );
    assert_midstream(&calls["midstream"]);
    assert_error(
        &calls["midstream"],
        None,
        Some("DataInspectionFailed"),
        Some(400),
    );
    assert!(
        calls["midstream"]["error"]["request_id"]
            .as_str()
            .unwrap()
            .len()
            == 36
    );
}

#[test]
fn the_client_of_dashscope_completes_its_calls_in_the_native_protocol() {
    let Some(calls) = calls_of("dashscope-native") else {
        return;
    };
    assert_answers(&calls);
    let refused = Some("InvalidParameter");
    assert_error(
        &calls["bad_key"],
        Some("AuthenticationError"),
        Some("InvalidApiKey"),
        Some(401),
    );
    assert_error(
        &calls["refused"],
        Some("BadRequestError"),
        refused,
        Some(400),
    );
    // The refusal comes in a frame after status 200, and this client tells the HTTP status.
    assert_error(
        &calls["refused_stream"],
        Some("BadRequestError"),
        refused,
        Some(200),
    );
    let throttled = Some("Throttling.RateQuota");
    assert_error(
        &calls["throttled"],
        Some("RateLimitError"),
        throttled,
        Some(429),
    );
    assert_midstream(&calls["midstream"]);
    let inspected = Some("DataInspectionFailed");
    assert_error(
        &calls["midstream"],
        Some("ContentFilterError"),
        inspected,
        Some(200),
    );
}

#[test]
fn the_client_of_dashscope_completes_its_calls_in_the_compatible_protocol() {
    let Some(calls) = calls_of("dashscope-openai") else {
        return;
    };
    assert_answers(&calls);
    let refused = Some("invalid_parameter_error");
    assert_error(
        &calls["bad_key"],
        Some("AuthenticationError"),
        Some("invalid_api_key"),
        Some(401),
    );
    assert_error(
        &calls["refused"],
        Some("BadRequestError"),
        refused,
        Some(400),
    );
    assert_error(
        &calls["refused_stream"],
        Some("BadRequestError"),
        refused,
        Some(400),
    );
    assert_error(
        &calls["throttled"],
        Some("RateLimitError"),
        Some("limit_requests"),
        Some(429),
    );
    assert_midstream(&calls["midstream"]);
    let inspected = Some("data_inspection_failed");
    assert_error(
        &calls["midstream"],
        Some("DashScopeError"),
        inspected,
        Some(200),
    );
}

#[test]
fn the_client_of_openai_completes_its_calls() {
    let Some(calls) = calls_of("openai") else {
        return;
    };
    assert_answers(&calls);
    let refused = Some("invalid_parameter_error");
    assert_error(
        &calls["bad_key"],
        Some("AuthenticationError"),
        Some("invalid_api_key"),
        Some(401),
    );
    assert_error(
        &calls["refused"],
        Some("BadRequestError"),
        refused,
        Some(400),
    );
    // Behind `data:` the refusal is no JSON for this client: it keeps the status and loses the code.
    assert_error(
        &calls["refused_stream"],
        Some("BadRequestError"),
        None,
        Some(400),
    );
    assert_error(
        &calls["throttled"],
        Some("RateLimitError"),
        Some("limit_requests"),
        Some(429),
    );
    assert_midstream(&calls["midstream"]);
    assert_error(
        &calls["midstream"],
        Some("APIError"),
        Some("data_inspection_failed"),
        None,
    );
    assert_eq!(calls["models"], json!(Options::default().models.len()));
}
