//! Where a reply's events come from: the network, or the demo's script.

use crate::Connection;
use dashscope::{ApiKey, ChatRequest, Client, Endpoint, Error, Event, Protocol};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

/// The events of one opened reply; dropping it ends the request.
pub type OpenedReply = BoxStream<'static, Event>;

/// An opened reply with the way it comes.
pub struct Answer {
    /// What comes.
    pub events: OpenedReply,
    /// The way; `None` when it comes from nowhere, as in the demo.
    pub connection: Option<Connection>,
}

/// The seam between a turn and whatever answers it.
pub trait ReplySource: Send + Sync {
    /// Asks for a reply. Errors before the first event come as `Err`, later ones as
    /// [`Event::Failed`].
    fn open(&self, request: ChatRequest) -> BoxFuture<'_, Result<Answer, Error>>;

    /// The way of a request that failed; `None` when none was sent.
    fn connection(&self, error: &Error) -> Option<Connection>;
}

/// Answers from a DashScope endpoint.
pub struct DashScopeSource {
    /// The protocol client.
    pub client: Client,
    /// Where to ask.
    pub endpoint: Endpoint,
    /// The key, bound to the origin it was saved for; `None` for a local endpoint.
    pub key: Option<ApiKey>,
    /// Which of the two wire protocols to speak.
    pub protocol: Protocol,
}

impl ReplySource for DashScopeSource {
    fn open(&self, request: ChatRequest) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(async move {
            let events = self
                .client
                .chat(&self.endpoint, self.key.as_ref(), self.protocol, &request)
                .await?;
            let route = events.route();
            let connection =
                route.map(|route| Connection::new(&self.endpoint, route, events.timings()));
            Ok(Answer {
                connection,
                events: events.boxed(),
            })
        })
    }

    fn connection(&self, error: &Error) -> Option<Connection> {
        let timings = network::Timings::default();
        let route = error.route()?;
        Some(Connection::new(&self.endpoint, route, timings))
    }
}
