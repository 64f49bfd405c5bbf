//! Chooses which turns of a path are sent to the model.
//!
//! It only chooses: it shortens no text, and the request itself is built elsewhere.

use crate::node::{Node, Role, Status};
use crate::tokens::estimate_tokens;

/// Estimated tokens that each message costs besides its text: the role markers around it.
pub const TURN_OVERHEAD_TOKENS: u32 = 4;

/// How much may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Estimated tokens for the system text and all turns, by [`estimate_tokens`].
    pub input_tokens: u32,
}

/// The turns to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    /// Oldest first; never starts with an assistant turn.
    pub turns: Vec<&'a Node>,
    /// How many turns worth sending were left out because they did not fit.
    pub dropped: usize,
}

/// Keeps the newest turns of `path` (first turn first) that fit into `budget`.
///
/// Blank turns, failed replies and replies that have not ended are never sent. The last user
/// turn is always kept, even alone over the budget: without it there is nothing to answer.
pub fn assemble<'a>(path: &[&'a Node], system: Option<&str>, budget: Budget) -> Context<'a> {
    let usable: Vec<&Node> = path
        .iter()
        .copied()
        .filter(|node| is_usable(node))
        .collect();
    let last_user = usable.iter().rposition(|node| node.role == Role::User);

    let mut left = u64::from(budget.input_tokens).saturating_sub(system.map_or(0, cost));
    if let Some(question) = last_user.and_then(|index| usable.get(index)) {
        left = left.saturating_sub(cost(&question.text));
    }
    let mut turns = Vec::with_capacity(usable.len());
    let mut is_full = false;
    for (index, node) in usable.iter().enumerate().rev() {
        if Some(index) == last_user {
            turns.push(*node);
            continue;
        }
        let turn_cost = cost(&node.text);
        if is_full || turn_cost > left {
            // Nothing older is taken either: a gap would put answers under the wrong questions.
            is_full = true;
            continue;
        }
        left -= turn_cost;
        turns.push(*node);
    }
    turns.reverse();

    let first_user = turns
        .iter()
        .position(|node| node.role == Role::User)
        .unwrap_or(turns.len());
    let mut index = 0;
    turns.retain(|node| {
        index += 1;
        index > first_user || node.role != Role::Assistant
    });
    Context {
        dropped: usable.len() - turns.len(),
        turns,
    }
}

fn is_usable(node: &Node) -> bool {
    let is_sendable = match node.role {
        Role::System | Role::User => true,
        Role::Assistant => match node.status {
            Status::Complete | Status::Stopped | Status::Interrupted => true,
            Status::Queued | Status::Streaming | Status::Failed => false,
        },
    };
    is_sendable && !node.text.trim().is_empty()
}

fn cost(text: &str) -> u64 {
    u64::from(estimate_tokens(text)) + u64::from(TURN_OVERHEAD_TOKENS)
}
