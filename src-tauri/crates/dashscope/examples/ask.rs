//! Asks one question and streams the answer to stdout, the thinking to stderr.
//!
//! ```text
//! ask --base-url URL [--protocol compatible|native] --model M [--key-env VAR] "prompt"
//! ```
//!
//! The key is read from the environment variable `VAR`, `DASHSCOPE_API_KEY` unless named, and goes
//! to the base URL's origin only. Exits 1 with one line when anything fails.

use std::error::Error as StdError;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use dashscope::{
    ApiKey, ChatRequest, Client, Endpoint, Error, Event, Part, Protocol, Regions, Turn,
};
use futures_util::StreamExt as _;
use secrecy::SecretString;

const USAGE: &str = "usage: ask --base-url URL [--protocol compatible|native] --model M \
                     [--key-env VAR] \"prompt\"";

struct Options {
    base_url: String,
    protocol: Protocol,
    key_env: String,
    request: ChatRequest,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            drop(writeln!(std::io::stderr(), "ask: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn StdError>> {
    let options = options(std::env::args().skip(1))?;
    let regions = Regions::official();
    let endpoint = Endpoint::parse(&options.base_url, &regions)?;
    let key = std::env::var(&options.key_env)
        .ok()
        .filter(|key| !key.trim().is_empty())
        .map(|key| ApiKey::new(SecretString::from(key.trim()), endpoint.origin().clone()));
    let network = network::Client::new(network::ClientOptions {
        user_agent: concat!("DashDesk-ask/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..network::ClientOptions::default()
    })?;
    let client = Client::new(network, Arc::new(regions));
    let mut events = client
        .chat(&endpoint, key.as_ref(), options.protocol, &options.request)
        .await
        .map_err(|error| line(&error))?;
    let mut stdout = std::io::stdout();
    let mut stderr = std::io::stderr();
    let mut thinking = false;
    while let Some(event) = events.next().await {
        if thinking && !matches!(event, Event::Thinking(_)) {
            thinking = false;
            writeln!(stderr)?;
        }
        match event {
            Event::Text(text) => {
                stdout.write_all(text.as_bytes())?;
                stdout.flush()?;
            }
            Event::Thinking(text) => {
                thinking = true;
                stderr.write_all(text.as_bytes())?;
            }
            Event::Finished(reason) => {
                writeln!(stdout)?;
                if !reason.is_normal() {
                    return Err(format!("finished abnormally: {}", reason.as_str()).into());
                }
                return Ok(());
            }
            Event::Failed(error) => {
                writeln!(stdout)?;
                return Err(line(&error).into());
            }
            Event::Started { .. } | Event::ToolCall(_) | Event::Sources(_) | Event::Usage(_) => {}
        }
    }
    Err("the stream ended without an end".into())
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn StdError>> {
    let mut base_url = None;
    let mut protocol = Protocol::Compatible;
    let mut model = None;
    let mut key_env = "DASHSCOPE_API_KEY".to_owned();
    let mut prompt = None;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--base-url" => base_url = Some(value()?),
            "--protocol" => {
                protocol = match value()?.as_str() {
                    "compatible" => Protocol::Compatible,
                    "native" => Protocol::Native,
                    _ => return Err(USAGE.into()),
                };
            }
            "--model" => model = Some(value()?),
            "--key-env" => key_env = value()?,
            _ if prompt.is_none() && !argument.starts_with("--") => prompt = Some(argument),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(Options {
        base_url: base_url.ok_or(USAGE)?,
        protocol,
        key_env,
        request: ChatRequest {
            id: None,
            model: model.ok_or(USAGE)?,
            turns: vec![Turn::User(vec![Part::Text(prompt.ok_or(USAGE)?)])],
            ..ChatRequest::default()
        },
    })
}

/// One line for a person, the vendor's words included.
fn line(error: &Error) -> String {
    match error.message() {
        Some(message) => {
            let words: Vec<&str> = message.split_whitespace().collect();
            format!("{error}: {}", words.join(" "))
        }
        None => error.to_string(),
    }
}
