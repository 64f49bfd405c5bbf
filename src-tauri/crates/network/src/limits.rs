//! Every number that bounds a connection, in one place.
//!
//! Limits on what a reply *means* (events, text, silence between model events) belong to the
//! protocol, not here.

use std::time::Duration;

/// Time to resolve the name, open the connection (through a proxy if there is one) and finish TLS: ten
/// seconds, less what it takes to ask and to be shown.
pub const CONNECT: Duration = Duration::from_millis(9_750);

/// Time to resolve a name, within [`CONNECT`].
pub const RESOLVE: Duration = Duration::from_secs(5);

/// Time to reach a proxy, within [`CONNECT`]: three seconds, less what it takes to ask and to be shown.
pub const CONNECT_PROXY: Duration = Duration::from_millis(2_750);

/// How long one address of a host is tried before the next is tried beside it (RFC 8305).
pub const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// Bytes of a proxy's answer to `CONNECT`.
pub const PROXY_HEAD_BYTES: usize = 8 * 1024;

/// How long sent bytes, a keep-alive's too, may stay unacknowledged, where the system can be told.
/// The probe after it ends the connection, so that 25 s pass at most from the last byte heard.
pub const TCP_USER_TIMEOUT: Duration = Duration::from_secs(18);

/// How long the system's proxy settings are taken for current without a look.
pub const SYSTEM_CHECK: Duration = Duration::from_secs(5);

/// Shortest time between two readings of them that failed connections ask for.
pub const SYSTEM_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Longest time one reading of them may take.
pub const SYSTEM_COMMAND: Duration = Duration::from_secs(1);

/// Bytes of a file with extra certificates.
pub const CERTIFICATE_FILE_BYTES: u64 = 1024 * 1024;

/// Further tries of a request that the server says it has not begun with.
pub const UNBEGUN_RETRIES: usize = 2;

/// TLS sessions that can be taken up again.
pub const TLS_SESSIONS: usize = 32;

/// Longest wait for the answer to the question that opens a connection in advance.
pub const WARM: Duration = Duration::from_secs(15);

/// Requests that are remembered.
pub const LOGGED_REQUESTS: usize = 200;

/// Bytes of a body that are remembered with its request, where that is switched on.
pub const LOGGED_BODY: usize = 64 * 1024;

/// Characters of a vendor's name for a request that are remembered.
pub const LOGGED_ID: usize = 128;

/// Ways whose connections are kept at once.
pub const KEPT_WAYS: usize = 4;

/// Time from sending a request to the end of the response head, for callers without a reason to
/// choose another.
pub const FIRST_BYTE: Duration = Duration::from_mins(2);

/// Longest silence on the wire inside a body, comments and keep-alives counting as sound.
pub const SILENCE: Duration = Duration::from_mins(1);

/// How long an unused connection is kept: shorter than the idle limit of common load balancers, so
/// that a request is not written into a connection that is being closed.
pub const POOL_IDLE: Duration = Duration::from_secs(20);

/// Unused connections kept per host.
pub const POOL_IDLE_PER_HOST: usize = 4;

/// TCP keep-alive: silence before the first probe.
pub const TCP_KEEPALIVE: Duration = Duration::from_secs(10);

/// TCP keep-alive: time between probes.
pub const TCP_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);

/// TCP keep-alive: unanswered probes before the connection counts as dead.
pub const TCP_KEEPALIVE_RETRIES: u32 = 3;

/// HTTP/2: time between pings while a stream is open.
pub const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(15);

/// HTTP/2: time to answer a ping.
pub const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Response headers accepted.
pub const HEADER_COUNT: usize = 100;

/// Bytes of names and values of all response headers together.
pub const HEADER_BYTES: usize = 64 * 1024;

/// Bytes of a whole body that is read into memory.
pub const BODY_BYTES: usize = 32 * 1024 * 1024;

/// Bytes kept of a body that only explains an error.
pub const ERROR_BODY_BYTES: usize = 8 * 1024;

/// Time for the whole of a fetch from the public internet: resolving, connecting and the body.
pub const PUBLIC_WHOLE: Duration = Duration::from_secs(10);

/// Bytes of a body from the public internet.
pub const PUBLIC_BODY_BYTES: usize = 8 * 1024 * 1024;
