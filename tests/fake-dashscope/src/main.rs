//! `fake-dashscope`: the test server as a program, for people who want to see a client at work.
//! The library in this crate does everything; this file reads arguments and prints.

use std::io::{self, Write as _};
use std::net::IpAddr;
use std::process::ExitCode;

use fake_dashscope::{FakeServer, Options};

/// What `--help` prints.
const HELP: &str = include_str!("../data/help.txt");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Without a place to complain there is nothing left to do but to fail.
            drop(writeln!(io::stderr(), "fake-dashscope: {problem}"));
            ExitCode::FAILURE
        }
    }
}

/// Serves until the process is ended.
fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut output = io::stdout();
    if arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        output.write_all(HELP.as_bytes())?;
        return Ok(());
    }
    let options = read(&arguments)?;
    let server = FakeServer::try_start(options.clone())?;
    output.write_all(greeting(&server, &options).as_bytes())?;
    output.flush()?;
    loop {
        std::thread::park();
    }
}

fn read(arguments: &[String]) -> Result<Options, Box<dyn std::error::Error>> {
    let mut options = Options::default();
    let mut keys = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--port" => options.port = value()?.parse()?,
            "--address" => options.address = value()?.parse::<IpAddr>()?,
            "--seed" => options.seed = value()?.parse()?,
            "--key" => keys.push(value()?.clone()),
            "--keyless" => options.keyless = true,
            _ => return Err(format!("unknown argument {argument}; see --help").into()),
        }
    }
    if !keys.is_empty() {
        options.accepted_keys = keys;
    }
    Ok(options)
}

fn greeting(server: &FakeServer, options: &Options) -> String {
    let key = match (options.keyless, options.accepted_keys.as_slice()) {
        (true, _) => "no key is asked for".to_owned(),
        (false, keys) => format!("key {}", keys.join(" or ")),
    };
    format!(
        "fake-dashscope listens on {}\n  \
           compatible protocol  {}\n  \
           native protocol      {}\n  \
           local model server   {}\n  \
           {key}\n\
         Say `/fake tokens=500 rate=20` in a chat, or see --help for everything else.\n\
         Press Ctrl+C to stop.\n",
        server.base_url(),
        server.compatible_base(),
        server.native_base(),
        server.local_base(),
    )
}
