//! The cost of a message does not grow with the number of messages.

use std::time::{Duration, Instant};

use conversation::{Budget, Node, Role, Status, Tree, assemble};

use crate::id;

const MESSAGES: u128 = 100_000;

/// Far above what a flat cost needs here (well under a second even unoptimised), far below what
/// 100 000 messages take when each one looks at all the others (10 000 000 000 steps).
const LIMIT: Duration = Duration::from_mins(1);

fn node(number: u128, parent: Option<u128>) -> Node {
    Node {
        id: id(number),
        parent: parent.map(id),
        role: if number.is_multiple_of(2) {
            Role::User
        } else {
            Role::Assistant
        },
        status: Status::Complete,
        text: "text".to_owned(),
    }
}

#[test]
fn a_chain_of_100_000_messages_is_built_walked_and_removed_without_recursion() {
    let started = Instant::now();
    let mut tree = Tree::new(Vec::new()).unwrap();
    for number in 0..MESSAGES {
        tree.insert(node(number, number.checked_sub(1))).unwrap();
        assert_eq!(tree.newest_leaf(), Some(id(number)));
        assert_eq!(tree.siblings(id(number)).unwrap().count, 1);
    }
    let path = tree.path_to(id(MESSAGES - 1));
    assert_eq!(path.len(), 100_000);
    let context = assemble(
        &path,
        None,
        Budget {
            input_tokens: u32::MAX,
        },
    );
    assert_eq!(context.turns.len(), 100_000);
    assert_eq!(tree.newest_leaf_below(id(0)), Some(id(MESSAGES - 1)));
    assert_eq!(tree.remove_subtree(id(1)).len(), 99_999);
    assert_eq!(tree.newest_leaf(), Some(id(0)));
    assert!(started.elapsed() < LIMIT, "took {:?}", started.elapsed());
}

#[test]
fn a_tree_with_100_000_branches_is_built_at_a_flat_cost() {
    let started = Instant::now();
    let mut tree = Tree::new(vec![node(0, None)]).unwrap();
    for number in 1..MESSAGES {
        tree.insert(node(number, Some(0))).unwrap();
        assert_eq!(tree.newest_leaf(), Some(id(number)));
    }
    assert_eq!(tree.siblings(id(7)).unwrap().index, 6);
    let nodes = tree
        .children(Some(id(0)))
        .iter()
        .map(|id| tree.get(*id).unwrap().clone());
    let again = Tree::new([node(0, None)].into_iter().chain(nodes).collect()).unwrap();
    assert_eq!(again.len(), 100_000);
    assert!(started.elapsed() < LIMIT, "took {:?}", started.elapsed());
}
