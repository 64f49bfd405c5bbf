//! What a sleep of the computer leaves behind: connections that nobody holds any more.

use crate::Engine;
use std::sync::Arc;
use std::time::Duration;

/// How often the clock is looked at.
pub const SLEEP_LOOK: Duration = Duration::from_secs(5);

/// A look that comes this much later than it should, in milliseconds, had a sleep before it.
const GAP_MS: i64 = 10_000;

impl Engine {
    /// Watches for sleeps until the engine is gone: looks at the clock every `look`, and takes a gap
    /// between two looks for a sleep, as timers stand still in one.
    pub async fn watch_sleep(self, look: Duration) {
        let inner = Arc::downgrade(&self.inner);
        drop(self);
        let due = i64::try_from(look.as_millis()).unwrap_or(i64::MAX);
        let mut last: Option<i64> = None;
        loop {
            tokio::time::sleep(look).await;
            let Some(inner) = inner.upgrade() else { return };
            let now = (inner.clock)();
            let gap = last.map(|last| now.saturating_sub(last).saturating_sub(due));
            last = Some(now);
            if gap.is_some_and(|gap| gap > GAP_MS) {
                tracing::info!(?gap, "the computer slept");
                Self { inner }.woke(look).await;
            }
        }
    }

    /// Lets every connection go, so that the next question goes over a new one, and ends the replies
    /// to which nothing comes within `grace`: a clock that was set looks like a sleep too.
    async fn woke(&self, grace: Duration) {
        self.inner.client.network().drop_connections();
        let before = self.inner.running.progress();
        tokio::time::sleep(grace).await;
        self.inner.running.lose_in_sleep(&before);
    }
}
