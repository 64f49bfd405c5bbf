//! The messages of one conversation as a tree whose branches are alternative turns.
//!
//! Looking up, inserting and listing children cost the same however many messages there are;
//! a path costs its own length. Text is never copied.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::id::MessageId;
use crate::node::Node;

/// The messages of one conversation. Several roots are alternative first turns.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    entries: HashMap<MessageId, Entry>,
    /// Children in the order of insertion; the key `None` lists the roots.
    children: HashMap<Option<MessageId>, Vec<MessageId>>,
    /// Messages without children, by [`Entry::position`].
    leaves: BTreeMap<u64, MessageId>,
    next_position: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    node: Node,
    /// Grows with every insertion: "newest" means the highest position, not a time.
    position: u64,
}

/// Where a message stands among the alternatives to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Siblings {
    /// Position of the message itself, from 0.
    pub index: usize,
    /// How many alternatives there are, the message included: at least 1.
    pub count: usize,
    /// All of them, oldest first.
    pub ids: Vec<MessageId>,
}

/// Why messages do not form one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Two messages have the same id.
    #[error("two messages have the id {0}")]
    DuplicateId(MessageId),
    /// A message names a parent that is not there.
    #[error("the parent of message {0} is not in the tree")]
    UnknownParent(MessageId),
    /// A message is its own ancestor.
    #[error("message {0} is its own ancestor")]
    Cycle(MessageId),
}

impl Tree {
    /// Builds the tree of `nodes`, given oldest first; a child may stand before its parent.
    ///
    /// # Errors
    /// The nodes do not form a tree: see [`TreeError`].
    pub fn new(nodes: Vec<Node>) -> Result<Self, TreeError> {
        let mut tree = Self {
            entries: HashMap::with_capacity(nodes.len()),
            ..Self::default()
        };
        for node in nodes {
            tree.add(node)?;
        }
        tree.check_parents()?;
        tree.check_cycles()?;
        tree.leaves = tree
            .entries
            .iter()
            .filter(|(id, _)| !tree.children.contains_key(&Some(**id)))
            .map(|(id, entry)| (entry.position, *id))
            .collect();
        Ok(tree)
    }

    /// Adds a message below its parent, as the newest one.
    ///
    /// # Errors
    /// [`TreeError::DuplicateId`] or [`TreeError::UnknownParent`]; the tree is unchanged.
    pub fn insert(&mut self, node: Node) -> Result<(), TreeError> {
        let (id, parent) = (node.id, node.parent);
        if let Some(parent) = parent
            && !self.entries.contains_key(&parent)
        {
            return Err(TreeError::UnknownParent(id));
        }
        let position = self.add(node)?;
        if let Some(entry) = parent.and_then(|parent| self.entries.get(&parent)) {
            self.leaves.remove(&entry.position);
        }
        self.leaves.insert(position, id);
        Ok(())
    }

    /// Removes a message and everything below it; returns the removed ids, parents first.
    /// An unknown id removes nothing.
    pub fn remove_subtree(&mut self, id: MessageId) -> Vec<MessageId> {
        let Some(parent) = self.get(id).map(|node| node.parent) else {
            return Vec::new();
        };
        let removed = self.subtree(id);
        for gone in &removed {
            self.children.remove(&Some(*gone));
            if let Some(entry) = self.entries.remove(gone) {
                self.leaves.remove(&entry.position);
            }
        }
        self.detach(id, parent);
        removed
    }

    /// The message with this id.
    pub fn get(&self, id: MessageId) -> Option<&Node> {
        self.entries.get(&id).map(|entry| &entry.node)
    }

    /// The messages below `parent`, oldest first; `None` lists the first turns.
    pub fn children(&self, parent: Option<MessageId>) -> &[MessageId] {
        self.children.get(&parent).map_or(&[], Vec::as_slice)
    }

    /// The messages from the first turn to `leaf`, both included; empty for an unknown id.
    pub fn path_to(&self, leaf: MessageId) -> Vec<&Node> {
        let mut path = Vec::new();
        let mut next = self.get(leaf);
        while let Some(node) = next {
            path.push(node);
            next = node.parent.and_then(|parent| self.get(parent));
        }
        path.reverse();
        path
    }

    /// The newest message without children, whatever its branch; `None` for an empty tree.
    pub fn newest_leaf(&self) -> Option<MessageId> {
        self.leaves.values().next_back().copied()
    }

    /// The newest message without children among `id` and everything below it.
    /// Costs the size of that subtree. `None` for an unknown id.
    pub fn newest_leaf_below(&self, id: MessageId) -> Option<MessageId> {
        self.subtree(id)
            .into_iter()
            .filter(|below| self.children(Some(*below)).is_empty())
            .max_by_key(|leaf| self.entries.get(leaf).map(|entry| entry.position))
    }

    /// The alternatives to a message, itself included; `None` for an unknown id.
    pub fn siblings(&self, id: MessageId) -> Option<Siblings> {
        let ids = self.children(self.get(id)?.parent).to_vec();
        let index = ids.iter().position(|sibling| *sibling == id)?;
        Some(Siblings {
            index,
            count: ids.len(),
            ids,
        })
    }

    /// How many messages there are, all branches counted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no message.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Stores a node without looking at its parent and returns its position.
    fn add(&mut self, node: Node) -> Result<u64, TreeError> {
        let (id, parent) = (node.id, node.parent);
        if self.entries.contains_key(&id) {
            return Err(TreeError::DuplicateId(id));
        }
        let position = self.next_position;
        self.next_position += 1;
        self.entries.insert(id, Entry { node, position });
        self.children.entry(parent).or_default().push(id);
        Ok(position)
    }

    fn check_parents(&self) -> Result<(), TreeError> {
        for (parent, children) in &self.children {
            if let Some(parent) = parent
                && !self.entries.contains_key(parent)
                && let Some(orphan) = children.first()
            {
                return Err(TreeError::UnknownParent(*orphan));
            }
        }
        Ok(())
    }

    /// With every parent known, what no root reaches is part of a cycle or hangs below one.
    fn check_cycles(&self) -> Result<(), TreeError> {
        let reached: HashSet<MessageId> = self
            .children(None)
            .iter()
            .flat_map(|root| self.subtree(*root))
            .collect();
        match self.entries.keys().filter(|id| !reached.contains(id)).min() {
            Some(id) => Err(TreeError::Cycle(*id)),
            None => Ok(()),
        }
    }

    /// `id` and everything below it, parents first; walks a stack because a chain may be long.
    fn subtree(&self, id: MessageId) -> Vec<MessageId> {
        let mut found = Vec::new();
        let mut waiting = Vec::new();
        waiting.extend(self.entries.contains_key(&id).then_some(id));
        while let Some(next) = waiting.pop() {
            found.push(next);
            waiting.extend(self.children(Some(next)).iter().rev());
        }
        found
    }

    /// Takes `id` out of its parent's list; a parent left alone becomes a leaf again.
    fn detach(&mut self, id: MessageId, parent: Option<MessageId>) {
        if let Some(list) = self.children.get_mut(&parent) {
            list.retain(|child| *child != id);
            if list.is_empty() {
                self.children.remove(&parent);
            }
        }
        if let Some(parent) = parent
            && !self.children.contains_key(&Some(parent))
            && let Some(entry) = self.entries.get(&parent)
        {
            self.leaves.insert(entry.position, parent);
        }
    }
}
