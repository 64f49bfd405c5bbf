//! The operations that turn the shown document into the next one, along the right spine.

mod apply;
mod split;

pub use apply::apply;
pub(crate) use split::{batches, fits};

use crate::document::{Element, Node};
use crate::operation::Operation;

/// Children of the first open block that were not read again: they are shown already and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The depth of the element whose children they are.
    pub(crate) depth: u32,
    /// How many.
    pub(crate) count: usize,
}

/// The operations from `shown` to the same first `settled` blocks followed by `next`.
///
/// With `kept`, the spine element at its depth below the first of `next` lacks that many children.
pub(crate) fn diff(
    shown: &[Node],
    settled: usize,
    next: &[Node],
    kept: Option<Kept>,
) -> Vec<Operation> {
    let mut walk = Walk {
        operations: Vec::new(),
        kept: kept.filter(|kept| kept.count > 0),
        dropped: false,
    };
    let old = shown.get(settled..).unwrap_or_default();
    if let (Some(_), [first, rest @ ..], [new, new_rest @ ..]) = (walk.kept, old, next) {
        walk.partial(settled, first, rest.len(), new);
        walk.kept = None;
        let rest = if walk.dropped { &[] } else { rest };
        walk.level(0, settled + 1, rest, new_rest);
    } else {
        walk.level(0, settled, old, next);
    }
    walk.operations
}

struct Walk {
    operations: Vec<Operation>,
    kept: Option<Kept>,
    dropped: bool,
}

impl Walk {
    /// The first open block, of which only a part was read again; `following` blocks are shown after it.
    fn partial(&mut self, place: usize, old: &Node, following: usize, new: &Node) {
        if following > 0 {
            if self.matches_partly(1, old, new) {
                return;
            }
            self.children(0, place + 1, &[]);
            self.dropped = true;
        }
        if let (Node::Element(old), Node::Element(new)) = (old, new) {
            self.element(1, old, new);
        }
    }

    /// Whether what was read again is what is shown, `kept` aside.
    fn matches_partly(&self, depth: u32, old: &Node, new: &Node) -> bool {
        let (Node::Element(old), Node::Element(new), Some(kept)) = (old, new, self.kept) else {
            return false;
        };
        if old.tag != new.tag || old.attributes != new.attributes {
            return false;
        }
        if depth == kept.depth {
            return old.children.get(kept.count..) == Some(&new.children);
        }
        match (old.children.split_last(), new.children.split_last()) {
            (Some((old_last, old_rest)), Some((new_last, new_rest))) => {
                old_rest == new_rest && self.matches_partly(depth + 1, old_last, new_last)
            }
            (_, _) => false,
        }
    }

    /// The children at `depth`, of which `place` come before `old` and `new`.
    fn level(&mut self, depth: u32, place: usize, old: &[Node], new: &[Node]) {
        let mut same = common(old, new);
        while depth == 0 && self.repair(place, same, old, new) {
            same += 1;
            same += common(
                old.get(same..).unwrap_or_default(),
                new.get(same..).unwrap_or_default(),
            );
        }
        let added = new.get(same..).unwrap_or_default();
        let Some(changed) = old.get(same) else {
            if !added.is_empty() {
                self.children(depth, place + same, added);
            }
            return;
        };
        match added.split_first() {
            Some((grown, added)) if continues(changed, grown) => {
                if old.len() > same + 1 {
                    self.children(depth, place + same + 1, &[]);
                }
                self.grow(depth, changed, grown);
                if !added.is_empty() {
                    self.children(depth, place + same + 1, added);
                }
            }
            Some(_) | None => self.children(depth, place + same, added),
        }
    }

    /// Puts a block in another's place where what follows stays.
    fn repair(&mut self, place: usize, same: usize, old: &[Node], new: &[Node]) -> bool {
        let follows = old.get(same + 1);
        let Some(node) = new.get(same).filter(|node| fits(node)) else {
            return false;
        };
        if follows.is_none() || follows != new.get(same + 1) {
            return false;
        }
        self.operations.push(Operation::Repair {
            block: number(place + same),
            node: node.clone(),
        });
        true
    }

    /// The last child at `depth`, of which what is shown continues.
    fn grow(&mut self, depth: u32, old: &Node, new: &Node) {
        match (old, new) {
            (Node::Text(old), Node::Text(new)) => {
                let text = new.strip_prefix(old.as_str()).unwrap_or_default();
                if !text.is_empty() {
                    self.operations.push(Operation::Text {
                        depth,
                        text: text.to_owned(),
                    });
                }
            }
            (Node::Element(old), Node::Element(new)) => self.element(depth + 1, old, new),
            (_, _) => {}
        }
    }

    fn element(&mut self, depth: u32, old: &Element, new: &Element) {
        if old.attributes != new.attributes {
            self.operations.push(Operation::Attributes {
                depth,
                attributes: new.attributes.clone(),
            });
        }
        let Some(kept) = self.kept else {
            return self.level(depth, 0, &old.children, &new.children);
        };
        if kept.depth == depth {
            self.kept = None;
            let shown = old.children.get(kept.count..).unwrap_or_default();
            return self.level(depth, kept.count, shown, &new.children);
        }
        // What is left of the spine inside a table is its head, which never changes here.
        if let (Some(Node::Element(old)), Some(Node::Element(new))) =
            (old.children.last(), new.children.last())
        {
            self.element(depth + 1, old, new);
        }
    }

    fn children(&mut self, depth: u32, keep: usize, nodes: &[Node]) {
        self.operations.push(Operation::Children {
            depth,
            keep: number(keep),
            nodes: nodes.to_vec(),
        });
    }
}

fn common(old: &[Node], new: &[Node]) -> usize {
    old.iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count()
}

/// Whether `new` can be reached from `old` without replacing it.
fn continues(old: &Node, new: &Node) -> bool {
    match (old, new) {
        (Node::Text(old), Node::Text(new)) => new.starts_with(old.as_str()),
        (Node::Element(old), Node::Element(new)) => old.tag == new.tag,
        (_, _) => false,
    }
}

pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
