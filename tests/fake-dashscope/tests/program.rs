//! The program as a person starts it.
#![expect(
    clippy::unwrap_used,
    reason = "functions shared by tests fail the test by panicking"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A running program that ends with its test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-dashscope"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn it_prints_where_it_listens_and_lets_its_keys_in() {
    let mut running = Program(
        program(&["--key", "sk-one", "--key", "sk-two", "--seed", "9"])
            .spawn()
            .unwrap(),
    );
    let output = running.0.stdout.take().unwrap();
    let lines: Vec<String> = BufReader::new(output)
        .lines()
        .take(5)
        .map(Result::unwrap)
        .collect();
    let address = lines[0]
        .strip_prefix("fake-dashscope listens on http://")
        .unwrap()
        .to_owned();
    assert!(address.starts_with("127.0.0.1:"));
    assert_eq!(lines[4].trim(), "key sk-one or sk-two");
    for (key, status) in [("sk-one", "200"), ("sk-two", "200"), ("sk-three", "401")] {
        let mut stream = TcpStream::connect(&address).unwrap();
        let request = format!(
            "GET /compatible-mode/v1/models HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{key}");
    }
}

#[test]
fn it_refuses_other_addresses_and_unknown_arguments() {
    for (arguments, complaint) in [
        (
            &["--address", "0.0.0.0"][..],
            "0.0.0.0 is not a loopback address",
        ),
        (&["--bind", "127.0.0.1"][..], "unknown argument --bind"),
        (&["--port"][..], "--port needs a value"),
    ] {
        let output = program(arguments).output().unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn help_is_the_documented_help() {
    let output = program(&["--help"]).output().unwrap();
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        include_str!("../data/help.txt")
    );
}
