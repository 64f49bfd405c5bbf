//! The server as tests and the binary hold it: started on a loopback port, scripted, asked what
//! it saw, and stopped. The protocols are `compatible`'s and `native`'s business.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::connection::{Loopback, Socket};
use crate::models;
use crate::random::Random;
use crate::record::{Ledger, RecordedRequest};
use crate::routes;
use crate::script::Script;

/// How long a stop waits for what still runs.
const STOPPED_WITHIN: Duration = Duration::from_secs(5);

/// What a server accepts and how it behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to bind. Anything but a loopback address is refused.
    pub address: IpAddr,
    /// The port to bind; 0 lets the system choose one.
    pub port: u16,
    /// Keys that are let in.
    pub accepted_keys: Vec<String>,
    /// Asks for no key at all, as a local model server.
    pub keyless: bool,
    /// Seeds everything the server invents: words, ids, byte splits.
    pub seed: u64,
    /// The model ids that `/models` lists and chat accepts, besides the scenario models.
    pub models: Vec<String>,
    /// Adds `"fake_sent_us"`, microseconds since 1970, to each event when it leaves.
    pub stamp_chunks: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            accepted_keys: vec![String::from(FakeServer::KEY)],
            keyless: false,
            seed: 1,
            models: models::all().iter().map(|model| model.id.clone()).collect(),
            stamp_chunks: true,
        }
    }
}

/// Why a server did not start.
#[derive(Debug)]
pub enum StartError {
    /// The address is reachable from other computers.
    NotLoopback(IpAddr),
    /// The runtime or the port could not be had.
    Io(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(formatter, "{address} is not a loopback address"),
            Self::Io(error) => write!(formatter, "the server cannot listen: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A running server on a runtime of its own, so that a busy or blocked test does not slow it.
/// Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct FakeServer {
    address: SocketAddr,
    app: Arc<App>,
    /// Present until the server stops.
    runtime: Option<Runtime>,
}

impl FakeServer {
    /// The key that [`Options::default`] accepts.
    pub const KEY: &str = "sk-0123456789abcdef0123456789abcdef";

    /// Starts a server.
    ///
    /// # Panics
    ///
    /// When [`FakeServer::try_start`] fails, since no test can go on without its server.
    #[expect(clippy::panic, reason = "a test without its server can only fail")]
    pub fn start(options: Options) -> Self {
        Self::try_start(options).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// [`StartError::NotLoopback`] for any other address, and what the system says otherwise.
    pub fn try_start(options: Options) -> Result<Self, StartError> {
        if !options.address.is_loopback() {
            return Err(StartError::NotLoopback(options.address));
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("fake-dashscope")
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind((options.address, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let app = Arc::new(App::new(options));
        let service =
            routes::router(Arc::clone(&app)).into_make_service_with_connect_info::<Socket>();
        let listener = {
            let _inside = runtime.enter();
            Loopback(TcpListener::from_std(listener)?)
        };
        runtime.spawn(async move { axum::serve(listener, service).await });
        Ok(Self {
            address,
            app,
            runtime: Some(runtime),
        })
    }

    /// The socket address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, without a path.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base of the compatible protocol.
    pub fn compatible_base(&self) -> String {
        format!("{}/compatible-mode/v1", self.base_url())
    }

    /// The base of the native protocol.
    pub fn native_base(&self) -> String {
        format!("{}/api/v1", self.base_url())
    }

    /// The base that a local model server would have.
    pub fn local_base(&self) -> String {
        format!("{}/v1", self.base_url())
    }

    /// Everything asked so far, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.app.ledger.all()
    }

    /// Forgets what was asked so far.
    pub fn forget_requests(&self) {
        self.app.ledger.clear();
    }

    /// Answers every chat from now on by this script, whatever the prompt says.
    pub fn set_script(&self, script: Script) {
        self.app.scripts().chat.standing = Some(script);
    }

    /// Answers the next chat by this script; scripts wait in line, before a standing one.
    pub fn queue_script(&self, script: Script) {
        self.app.scripts().chat.queue.push_back(script);
    }

    /// Answers every request for the list of models from now on by this script.
    pub fn set_models_script(&self, script: Script) {
        self.app.scripts().models.standing = Some(script);
    }

    /// Answers the next request for the list of models by this script.
    pub fn queue_models_script(&self, script: Script) {
        self.app.scripts().models.queue.push_back(script);
    }

    /// Goes back to answering what is asked.
    pub fn clear_scripts(&self) {
        *self.app.scripts() = Scripts::default();
    }

    /// Tells another time than the real one in every answer; zero tells the real one again.
    pub fn set_clock_ahead(&self, ahead: Duration) {
        let seconds = ahead.as_secs();
        self.app.seconds_ahead.store(seconds, Ordering::Relaxed);
    }

    /// Replaces the keys that are let in.
    pub fn set_accepted_keys(&self, keys: Vec<String>) {
        *self.app.keys.lock().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Stops the server and returns when nobody listens on its port; dropping does not wait for that.
    pub fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            // On a thread of its own, as waiting would panic inside another runtime.
            let ended = std::thread::spawn(move || runtime.shutdown_timeout(STOPPED_WITHIN));
            drop(ended.join());
        }
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting here would panic inside another runtime.
            runtime.shutdown_background();
        }
    }
}

/// Scripts for one kind of request.
#[derive(Debug, Default)]
struct Line {
    queue: VecDeque<Script>,
    standing: Option<Script>,
}

impl Line {
    fn next(&mut self) -> Option<Script> {
        self.queue.pop_front().or_else(|| self.standing.clone())
    }
}

#[derive(Debug, Default)]
struct Scripts {
    chat: Line,
    models: Line,
}

/// What all handlers of one server share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) options: Options,
    pub(crate) ledger: Ledger,
    keys: Mutex<Vec<String>>,
    scripts: Mutex<Scripts>,
    requests: AtomicU64,
    seconds_ahead: AtomicU64,
}

impl App {
    fn new(options: Options) -> Self {
        Self {
            keys: Mutex::new(options.accepted_keys.clone()),
            options,
            ledger: Ledger::default(),
            scripts: Mutex::default(),
            requests: AtomicU64::new(0),
            seconds_ahead: AtomicU64::new(0),
        }
    }

    /// The next request's number and its id.
    pub(crate) fn number(&self) -> (u64, String) {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let mut random = Random::new(
            self.options
                .seed
                .wrapping_mul(0x0001_0000_0001)
                .wrapping_add(number),
        );
        (number, random.uuid())
    }

    /// What the `Date` of an answer says where it is not the real time.
    pub(crate) fn date(&self) -> Option<String> {
        let ahead = self.seconds_ahead.load(Ordering::Relaxed);
        let told = SystemTime::now() + Duration::from_secs(ahead);
        (ahead > 0).then(|| httpdate::fmt_http_date(told))
    }

    pub(crate) fn accepts(&self, key: &str) -> bool {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter().any(|accepted| accepted == key)
    }

    pub(crate) fn next_chat_script(&self) -> Option<Script> {
        self.scripts().chat.next()
    }

    pub(crate) fn next_models_script(&self) -> Option<Script> {
        self.scripts().models.next()
    }

    fn scripts(&self) -> MutexGuard<'_, Scripts> {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
