//! Shows the app at work: asks one question in a real window without a screen, lets the reply
//! stream, and leaves pictures and a transcript.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use e2e::{Cloud, Computer, Error, Reply, Result, Window};
use fake_dashscope::{FakeServer, Script};

const QUESTION: &str = "Why does DashDesk not say “Failed to fetch”?";

const ANSWER: &str = "A web page may only read an answer from another server when that server agrees \
to it beforehand. DashScope does not answer that question, so a page that asks it directly gets \
nothing but “Failed to fetch”.\n\nDashDesk’s page asks nobody. It hands your message to the program \
around it, and the program, which is written in Rust, makes the call. What the model says comes \
back over the same way, word by word, and appears here as it arrives.\n\nYour key takes part in \
none of this: it lies in the system’s keyring, the program reads it when a request leaves, and no \
page can ask for it back.";

/// Words a second; slow enough to see, quick enough to wait for.
const PACE: f64 = 30.0;

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]
async fn main() -> ExitCode {
    match show().await {
        Ok(folder) => {
            println!(
                "window.png, streaming.png and transcript.txt are in {}",
                folder.display()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn show() -> Result<PathBuf> {
    let folder = std::env::var_os("DASHDESK_DEMO_DIR");
    let folder = folder.map_or_else(|| PathBuf::from("target/demo"), PathBuf::from);
    fs::create_dir_all(&folder).map_err(|source| Error::Io {
        doing: "making the folder",
        source,
    })?;
    let cloud = Cloud::new();
    let script = Script {
        text: Some(ANSWER.to_owned()),
        thinking: Some(24),
        rate: PACE,
        ..Script::default()
    };
    cloud.beijing.set_script(script);
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.hand_over(FakeServer::KEY).await?;
    window.find("start-chat").await?;
    let verified = window.text_of("key-status").await?;
    window.click("start-chat").await?;

    let asked = Instant::now();
    window.ask(QUESTION).await?;
    window.reply_grows_to(ANSWER.len() / 2).await?;
    window.picture(&folder.join("streaming.png"))?;
    let half = window.last_reply().await?;
    let whole = window
        .reply_ends("complete", Duration::from_secs(90))
        .await?;
    let took = asked.elapsed();
    settle(&window).await?;
    window.picture(&folder.join("window.png"))?;
    if whole.text != ANSWER {
        return Err(Error::Unexpected(format!(
            "the reply in the window is {:?}",
            whole.text
        )));
    }
    let transcript = transcript(&cloud, &verified, &half, &whole, took);
    fs::write(folder.join("transcript.txt"), transcript).map_err(|source| Error::Io {
        doing: "writing the transcript",
        source,
    })?;
    window.close().await?;
    Ok(folder)
}

/// Lets what follows the last word be painted too.
async fn settle(window: &Window) -> Result<()> {
    let frames = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200)))";
    window.script_later(frames, vec![]).await
}

fn transcript(
    cloud: &Cloud,
    verified: &str,
    half: &Reply,
    whole: &Reply,
    took: Duration,
) -> String {
    let mut text = format!(
        "The first run, with the loopback server in DashScope’s place:\n{}\n\n> {QUESTION}\n\n",
        verified
            .lines()
            .map(|line| format!("  {line}"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    // Writing to a String cannot fail.
    let mut line = |said: String| writeln!(text, "{said}").unwrap_or_default();
    line(format!("{}\n", whole.text));
    line(format!("status in the window: {}", whole.status));
    line(format!(
        "when streaming.png was taken: {} of {} characters",
        half.text.chars().count(),
        whole.text.chars().count()
    ));
    line(format!(
        "from sending to the end: {:.1} s",
        took.as_secs_f64()
    ));
    line("what the server was asked:".to_owned());
    for request in cloud.beijing.requests() {
        let key = if request.headers.contains_key("authorization") {
            "with a key"
        } else {
            "without a key"
        };
        let model = request
            .body
            .get("model")
            .and_then(|model| model.as_str())
            .unwrap_or("-");
        line(format!(
            "  {} {} ({key}), model {model}, {} events",
            request.method, request.path, request.events_sent
        ));
    }
    text
}
