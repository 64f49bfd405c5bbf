//! Finds text in a whole branch, as a person sees it.

use crate::document::{keep, parsed};
use crate::reading::branch;
use crate::running::Running;
use crate::{Engine, Failure, FailureKind};
use conversation::{ConversationId, MessageId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Searchable, Store};

/// The longest text that is searched for, in bytes.
const LONGEST_QUERY: usize = 1024;

/// Places found, at most.
const MOST_HITS: usize = 5_000;

/// Messages read at once; between two such steps a newer search may end this one.
const STEP: usize = 100;

/// The places of a text in a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The places in reading order.
    pub hits: Vec<Hit>,
    /// Whether there are more: too many, or a newer search ended this one.
    pub cut: bool,
}

/// One place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The place of the message in the branch.
    pub position: usize,
    /// The message.
    pub message: MessageId,
    /// Which of the places in this message it is, from zero.
    pub index: usize,
}

/// Which search is the newest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Searches(Arc<AtomicU64>);

/// One search, until a newer one begins.
struct Search {
    newest: Arc<AtomicU64>,
    number: u64,
}

impl Searches {
    fn begin(&self) -> Search {
        Search {
            newest: Arc::clone(&self.0),
            number: self.0.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}

impl Search {
    fn is_newest(&self) -> bool {
        self.newest.load(Ordering::Relaxed) == self.number
    }
}

impl Engine {
    /// Every place of `query` in the branch through `through`, whatever its case. A newer search
    /// ends an older one.
    ///
    /// # Errors
    /// [`FailureKind::InputTooLong`] for an overlong query, or the store's error.
    pub async fn find(
        &self,
        conversation: ConversationId,
        through: MessageId,
        query: &str,
    ) -> Result<Found, Failure> {
        if query.len() > LONGEST_QUERY {
            return Err(Failure::new(FailureKind::InputTooLong).with_limit(LONGEST_QUERY));
        }
        let search = self.inner.searches.begin();
        let query = query.to_lowercase();
        if query.is_empty() {
            return Ok(Found::default());
        }
        let running = self.inner.running.clone();
        self.with_store(move |store| {
            let (_, ids) = branch(store, conversation, Some(through))?;
            let mut found = Found::default();
            let mut position = 0;
            for step in ids.chunks(STEP) {
                if !search.is_newest() {
                    found.cut = true;
                    break;
                }
                for (message, text) in step.iter().zip(texts(store, &running, step)?) {
                    found.add(position, *message, &text, &query);
                    position += 1;
                }
                if found.cut {
                    break;
                }
            }
            Ok(found)
        })
        .await
    }
}

impl Found {
    fn add(&mut self, position: usize, message: MessageId, text: &str, query: &str) {
        let lowered = text.to_lowercase();
        for (index, _) in lowered.matches(query).enumerate() {
            if self.hits.len() == MOST_HITS {
                self.cut = true;
                return;
            }
            self.hits.push(Hit {
                position,
                message,
                index,
            });
        }
    }
}

/// The text of each message as it is shown.
fn texts(store: &Store, running: &Running, ids: &[MessageId]) -> Result<Vec<String>, store::Error> {
    let mut made = Vec::new();
    let searchable = store.searchable(ids, markdown::VERSION)?;
    let texts = ids.iter().zip(searchable).map(|(id, searchable)| {
        if let Searchable::Text(text) = searchable {
            return Ok(text);
        }
        if let Some(live) = running.live(*id) {
            return Ok(markdown::plain_text(&live.blocks()));
        }
        let Some(document) = parsed(&store.message(*id)?) else {
            return Ok(String::new());
        };
        let shown = document.shown.clone();
        made.push((*id, document));
        Ok(shown)
    });
    let texts = texts.collect::<Result<_, store::Error>>()?;
    keep(store, &made);
    Ok(texts)
}
