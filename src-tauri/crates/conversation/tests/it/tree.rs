//! Any sequence of inserting, branching and removing against a plain list of nodes.

use conversation::{MessageId, Node, Role, Status, Tree, TreeError};
use proptest::prelude::*;

use crate::id;

/// What is done to the tree; numbers choose among the messages that are there.
#[derive(Clone, Debug)]
enum Step {
    Root,
    Below(prop::sample::Index),
    BesideOf(prop::sample::Index),
    Remove(prop::sample::Index),
    InsertOrphan,
    InsertTwice(prop::sample::Index),
    RemoveUnknown,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => Just(Step::Root),
        8 => any::<prop::sample::Index>().prop_map(Step::Below),
        4 => any::<prop::sample::Index>().prop_map(Step::BesideOf),
        2 => any::<prop::sample::Index>().prop_map(Step::Remove),
        1 => Just(Step::InsertOrphan),
        1 => any::<prop::sample::Index>().prop_map(Step::InsertTwice),
        1 => Just(Step::RemoveUnknown),
    ];
    prop::collection::vec(step, 0..60)
}

fn node(number: u128, parent: Option<MessageId>) -> Node {
    Node {
        id: id(number),
        parent,
        role: if number.is_multiple_of(2) {
            Role::User
        } else {
            Role::Assistant
        },
        status: Status::Complete,
        text: format!("text {number}"),
    }
}

/// The obvious implementation: a list in the order of insertion.
#[derive(Default)]
struct Model(Vec<Node>);

impl Model {
    fn children(&self, parent: Option<MessageId>) -> Vec<MessageId> {
        self.0
            .iter()
            .filter(|node| node.parent == parent)
            .map(|node| node.id)
            .collect()
    }

    fn path_to(&self, leaf: MessageId) -> Vec<MessageId> {
        let mut path = Vec::new();
        let mut next = Some(leaf);
        while let Some(id) = next {
            path.insert(0, id);
            next = self.0.iter().find(|node| node.id == id).unwrap().parent;
        }
        path
    }

    fn subtree(&self, top: MessageId) -> Vec<MessageId> {
        self.0
            .iter()
            .map(|node| node.id)
            .filter(|id| self.path_to(*id).contains(&top))
            .collect()
    }

    fn newest_leaf_among(&self, ids: &[MessageId]) -> Option<MessageId> {
        let is_leaf = |id: MessageId| self.children(Some(id)).is_empty();
        self.0
            .iter()
            .rev()
            .map(|node| node.id)
            .find(|id| ids.contains(id) && is_leaf(*id))
    }
}

fn assert_same(tree: &Tree, model: &Model) {
    assert_eq!(tree.len(), model.0.len());
    assert_eq!(tree.is_empty(), model.0.is_empty());
    let all: Vec<MessageId> = model.0.iter().map(|node| node.id).collect();
    assert_eq!(tree.newest_leaf(), model.newest_leaf_among(&all));
    assert_eq!(tree.children(None), model.children(None));
    for node in &model.0 {
        assert_eq!(tree.get(node.id), Some(node));
        assert_eq!(tree.children(Some(node.id)), model.children(Some(node.id)));

        let path: Vec<MessageId> = tree.path_to(node.id).iter().map(|node| node.id).collect();
        assert_eq!(path, model.path_to(node.id));
        assert_eq!(path.last(), Some(&node.id), "a path ends at its leaf");
        let root = tree.get(path[0]).unwrap();
        assert_eq!(
            root.parent, None,
            "a path begins at a root: the tree is connected"
        );

        let below = model.subtree(node.id);
        assert_eq!(
            tree.newest_leaf_below(node.id),
            model.newest_leaf_among(&below)
        );

        let siblings = tree.siblings(node.id).unwrap();
        assert_eq!(siblings.ids, model.children(node.parent));
        assert_eq!(siblings.count, siblings.ids.len());
        assert_eq!(siblings.ids[siblings.index], node.id);
    }
}

fn apply(step: &Step, number: u128, tree: &mut Tree, model: &mut Model) {
    let pick = |index: &prop::sample::Index, model: &Model| {
        (!model.0.is_empty()).then(|| index.get(&model.0).clone())
    };
    let parent = match step {
        Step::Root => None,
        Step::Below(index) => pick(index, model).map(|node| node.id),
        Step::BesideOf(index) => pick(index, model).and_then(|node| node.parent),
        Step::Remove(index) => {
            let Some(top) = pick(index, model) else {
                return;
            };
            let mut removed = tree.remove_subtree(top.id);
            assert_eq!(removed.first(), Some(&top.id), "parents come first");
            let mut expected = model.subtree(top.id);
            model.0.retain(|node| !removed.contains(&node.id));
            removed.sort();
            expected.sort();
            assert_eq!(removed, expected);
            assert_eq!(tree.path_to(top.id), Vec::<&Node>::new());
            return;
        }
        Step::InsertOrphan => {
            let refused = tree.insert(node(number, Some(id(u128::MAX))));
            assert_eq!(refused, Err(TreeError::UnknownParent(id(number))));
            return;
        }
        Step::InsertTwice(index) => {
            let Some(known) = pick(index, model) else {
                return;
            };
            assert_eq!(
                tree.insert(known.clone()),
                Err(TreeError::DuplicateId(known.id))
            );
            return;
        }
        Step::RemoveUnknown => {
            assert_eq!(tree.remove_subtree(id(u128::MAX)), Vec::new());
            assert_eq!(tree.siblings(id(u128::MAX)), None);
            assert_eq!(tree.newest_leaf_below(id(u128::MAX)), None);
            return;
        }
    };
    tree.insert(node(number, parent)).unwrap();
    model.0.push(node(number, parent));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_sequence_of_steps_keeps_the_tree_connected_and_equal_to_a_list(steps in steps()) {
        let (mut tree, mut model) = (Tree::new(Vec::new()).unwrap(), Model::default());
        for (number, step) in (0_u128..).zip(&steps) {
            apply(step, number, &mut tree, &mut model);
            assert_same(&tree, &model);
        }
        assert_same(&Tree::new(model.0.clone()).unwrap(), &model);
    }

    #[test]
    fn a_tree_is_the_same_whatever_order_its_nodes_come_in(
        steps in steps(),
        shuffle in any::<prop::sample::Index>(),
    ) {
        let (mut tree, mut model) = (Tree::new(Vec::new()).unwrap(), Model::default());
        for (number, step) in (0_u128..).zip(&steps) {
            apply(step, number, &mut tree, &mut model);
        }
        let middle = shuffle.index(model.0.len() + 1);
        model.0.rotate_left(middle);
        assert_same(&Tree::new(model.0.clone()).unwrap(), &model);
    }
}

#[test]
fn nodes_that_form_no_tree_are_refused() {
    let orphan = vec![node(1, None), node(2, Some(id(9)))];
    assert_eq!(
        Tree::new(orphan).unwrap_err(),
        TreeError::UnknownParent(id(2))
    );

    let twice = vec![node(1, None), node(1, None)];
    assert_eq!(Tree::new(twice).unwrap_err(), TreeError::DuplicateId(id(1)));

    let own_parent = vec![node(1, None), node(2, Some(id(2)))];
    assert_eq!(Tree::new(own_parent).unwrap_err(), TreeError::Cycle(id(2)));

    let ring = vec![
        node(1, None),
        node(2, Some(id(4))),
        node(3, Some(id(2))),
        node(4, Some(id(3))),
    ];
    assert_eq!(Tree::new(ring).unwrap_err(), TreeError::Cycle(id(2)));
}
