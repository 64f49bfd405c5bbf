//! A network that goes away, comes back, or becomes another one.

use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;
use std::time::{Duration, Instant};

use e2e::{Cloud, Computer, Error, Launch, Result, Window, without_network};
use fake_dashscope::{FakeServer, Options};

#[tokio::test]
async fn p_12_back_online_the_light_says_so_and_what_waited_goes_out_once() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("hello", "complete").await?;
    let Cloud { beijing, singapore } = cloud;
    let port = beijing.address().port();
    beijing.stop();
    window.ask_until("anybody there?", "failed").await?;
    let light = window.text_of("status-light").await?;
    assert!(light.contains("Offline"), "{light}");
    for part in ["one thing", "and another"] {
        window.type_into("composer", part).await?;
        window.click("send").await?;
    }
    let waits = window.text_of("waiting-message").await?;
    assert!(waits.contains("when you are back online"), "{waits}");

    let options = Options {
        port,
        ..Options::default()
    };
    let beijing = FakeServer::start(options);
    let back = Instant::now();
    let clear =
        "!document.querySelector('[data-testid=status-light]').innerText.includes('Offline')";
    window.wait_for("the light to say so", clear).await?;
    let noticed = back.elapsed();
    println!("noticed after {noticed:?}");
    assert!(noticed < Duration::from_secs(3), "{noticed:?}");
    let answered = "document.body.innerText.includes('and another”')";
    window.wait_for("the answer", answered).await?;
    window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let requests = beijing.requests();
    let posts = requests.iter().filter(|request| request.method == "POST");
    assert_eq!(posts.count(), 1, "once, and in one message");
    drop(singapore);
    Ok(())
}

/// Makes a host of `address` whose queue of connections is full: whatever is sent to it is lost.
#[cfg(target_os = "linux")]
async fn dead_host(
    address: std::net::SocketAddr,
) -> std::io::Result<(tokio::net::TcpListener, Vec<tokio::net::TcpStream>)> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let dead = socket.listen(1)?;
    let mut queue = Vec::new();
    let quick = Duration::from_millis(300);
    while let Ok(next) = tokio::time::timeout(quick, tokio::net::TcpStream::connect(address)).await
    {
        queue.push(next?);
    }
    Ok((dead, queue))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_dead_host_is_named_within_ten_seconds_and_tried_again() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let address = cloud.beijing.address();
    cloud.beijing.stop();
    let _dead = dead_host(address).await.expect("the port is free");

    let asked = Instant::now();
    window.ask("anybody there?").await?;
    let named = "document.querySelector('[data-testid=again]')";
    window
        .wait_up_to(Duration::from_secs(20), "the host to be named", named)
        .await?;
    let after = asked.elapsed();
    println!("named after {after:?}");
    // Ten seconds, and what it takes to ask and to be shown.
    assert!(after < Duration::from_secs(12), "{after:?}");
    let again = window.text_of("again").await?;
    let cause = "No connection to 127.0.0.1 within 10 seconds";
    for words in ["Connecting took too long", "2 of 3", cause] {
        assert!(again.contains(words), "{again}");
    }
    let light = window.text_of("status-light").await?;
    assert!(light.contains("Offline"), "{light}");
    window.click("again-cancel").await?;
    window.reply_ends("stopped", Duration::from_secs(5)).await?;
    Ok(())
}

/// Where the server is, and which address of this computer its clients have.
const SERVER: Ipv4Addr = Ipv4Addr::new(127, 9, 0, 1);
const FIRST: &str = "127.9.0.2";
const SECOND: &str = "127.9.0.3";

fn ip(words: &str) -> Result<()> {
    let ran = Command::new("ip")
        .args(words.split(' '))
        .output()
        .map_err(|_absent| Error::MissingProgram {
            program: "ip",
            package: "iproute2",
        })?;
    if ran.status.success() {
        return Ok(());
    }
    Err(Error::Program {
        program: "ip",
        said: format!("{words}: {}", String::from_utf8_lossy(&ran.stderr)),
    })
}

/// What is sent to the server leaves from this address from now on.
fn leave_from(address: &str) -> Result<()> {
    ip(&format!("addr add {address}/32 dev lo"))?;
    ip(&format!(
        "route replace local {SERVER} dev lo table local src {address}"
    ))
}

/// Another address in mid-stream: neither side hears of the other again, and nobody says so.
#[tokio::test]
async fn p_14_a_change_of_address_in_mid_stream_is_noticed_within_half_a_minute() -> Result<()> {
    if !without_network(
        "offline::p_14_a_change_of_address_in_mid_stream_is_noticed_within_half_a_minute",
    )? {
        return Ok(());
    }
    // Each address by itself, so that one can go.
    ip("addr del 127.0.0.1/8 dev lo")?;
    ip("addr add 127.0.0.1/32 dev lo")?;
    ip(&format!("addr add {SERVER}/32 dev lo"))?;
    leave_from(FIRST)?;
    let server = FakeServer::start(Options {
        address: IpAddr::V4(SERVER),
        ..Options::default()
    });
    let computer = Computer::new().await?;
    let launch = Launch::with_regions(format!("cn-beijing={}", server.base_url()));
    let window = computer.start(&launch).await?;
    window.first_run(FakeServer::KEY).await?;
    window
        .ask("/fake thinking=0 tokens=4000 rate=20 seed=1")
        .await?;
    window.reply_grows_to(200).await?;

    ip(&format!("addr del {FIRST}/32 dev lo"))?;
    leave_from(SECOND)?;
    let changed = Instant::now();
    let reply = window
        .reply_ends("interrupted", Duration::from_secs(40))
        .await?;
    let noticed = changed.elapsed();
    println!("noticed after {noticed:?}");
    assert!(noticed <= Duration::from_secs(30), "{noticed:?}");
    assert!(reply.text.chars().count() >= 200, "what had come is kept");
    assert_eq!(
        window.text_of("error-title").await?,
        "The connection was lost"
    );
    goes_on(&window).await
}

/// The next question takes the new way at once.
async fn goes_on(window: &Window) -> Result<()> {
    let asked = Instant::now();
    window.ask_until("and now?", "complete").await?;
    let answered = asked.elapsed();
    assert!(answered < Duration::from_secs(10), "{answered:?}");
    Ok(())
}
