//! Servers that speak HTTP/2 and end a stream or a connection before or after they began with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt as _;
use network::{Error, ErrorKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use url::Url;

use crate::authority::Authority;
use crate::get;

/// What happens to a request.
#[derive(Clone, Copy)]
enum Fate {
    Answered,
    Reset(h2::Reason),
    ResetAfterHead,
    /// The connection ends with a word that nothing was begun.
    GoneUnbegun,
    /// The connection ends in the middle of the request's work.
    GoneBegun,
}

/// Serves request by request; returns the outcome and how many requests were begun with.
async fn outcome(fates: &'static [Fate]) -> (Result<Vec<u8>, Error>, usize) {
    let authority = Authority::new();
    let (next, begun) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&begun);
    let port = authority
        .serve(
            &["127.0.0.1"],
            "h2",
            |_| {},
            move |stream| {
                let (next, begun) = (Arc::clone(&next), Arc::clone(&count));
                async move {
                    let fate = |next: &AtomicUsize| fates.get(next.fetch_add(1, Ordering::SeqCst));
                    if matches!(
                        fates.get(next.load(Ordering::SeqCst)),
                        Some(Fate::GoneUnbegun)
                    ) {
                        next.fetch_add(1, Ordering::SeqCst);
                        leave_unbegun(stream).await;
                        return;
                    }
                    let mut connection = h2::server::handshake(stream).await.expect("h2");
                    while let Some(Ok((_request, respond))) = connection.accept().await {
                        let fate = *fate(&next).expect("no request beyond the last");
                        begun.fetch_add(1, Ordering::SeqCst);
                        if matches!(fate, Fate::GoneBegun) {
                            connection.abrupt_shutdown(h2::Reason::NO_ERROR);
                        } else {
                            meet(respond, fate);
                        }
                    }
                }
            },
        )
        .await;
    let url = Url::parse(&format!("https://127.0.0.1:{port}/")).expect("a url");
    let result = async {
        let response = authority.client().send(get(&url)).await?;
        let mut chunks = response.into_chunks();
        let mut body = Vec::new();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk?);
        }
        Ok(body)
    };
    let result = result.await;
    (result, begun.load(Ordering::SeqCst))
}

fn meet(mut respond: h2::server::SendResponse<bytes::Bytes>, fate: Fate) {
    match fate {
        Fate::Answered => {
            let head = http::Response::new(());
            let mut body = respond.send_response(head, false).expect("a head");
            body.send_data("ok".into(), true).expect("a body");
        }
        Fate::ResetAfterHead => {
            let mut body = respond
                .send_response(http::Response::new(()), false)
                .expect("a head");
            body.send_data("par".into(), false).expect("half a body");
            tokio::spawn(async move {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                body.send_reset(h2::Reason::INTERNAL_ERROR);
            });
        }
        Fate::Reset(reason) => respond.send_reset(reason),
        Fate::GoneUnbegun | Fate::GoneBegun => {}
    }
}

/// Settings, then GOAWAY that names no stream.
async fn leave_unbegun(mut stream: TlsStream<TcpStream>) {
    let mut preface = vec![0; 4096];
    let _read = stream.read(&mut preface).await;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let gone = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut bytes = settings.to_vec();
    bytes.extend_from_slice(&gone);
    if stream.write_all(&bytes).await.is_ok() {
        // The client's own frames are read to the end, or closing would reset the connection.
        while stream.read(&mut preface).await.unwrap_or(0) > 0 {}
    }
}

#[tokio::test]
async fn h_14_what_was_not_begun_with_is_sent_again() {
    const REFUSED: Fate = Fate::Reset(h2::Reason::REFUSED_STREAM);
    let (body, begun) = outcome(&[REFUSED, Fate::Answered]).await;
    assert_eq!((body, begun), (Ok(b"ok".to_vec()), 2));
    let (body, begun) = outcome(&[Fate::GoneUnbegun, Fate::Answered]).await;
    assert_eq!((body, begun), (Ok(b"ok".to_vec()), 1));
    let (body, begun) = outcome(&[REFUSED, REFUSED, REFUSED, Fate::Answered]).await;
    let kind = body.map_err(|error| error.kind().clone());
    assert_eq!((kind, begun), (Err(ErrorKind::ConnectionLost), 3));
}

#[tokio::test]
async fn h_14_what_may_have_been_begun_with_is_not_sent_again() {
    for fate in [
        &[Fate::Reset(h2::Reason::INTERNAL_ERROR)],
        &[Fate::Reset(h2::Reason::CANCEL)],
        &[Fate::GoneBegun],
        &[Fate::ResetAfterHead],
    ] {
        let (body, begun) = outcome(fate).await;
        let kind = body.map_err(|error| error.kind().clone());
        assert_eq!((kind, begun), (Err(ErrorKind::ConnectionLost), 1));
    }
}
