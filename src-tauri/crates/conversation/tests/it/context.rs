//! What may be sent, for any path and any budget.

use conversation::{Budget, Node, Role, Status, TURN_OVERHEAD_TOKENS, assemble, estimate_tokens};
use proptest::prelude::*;

use crate::id;

fn cost(text: &str) -> u32 {
    estimate_tokens(text) + TURN_OVERHEAD_TOKENS
}

fn path() -> impl Strategy<Value = Vec<Node>> {
    let text = prop_oneof![
        1 => Just(String::new()),
        1 => Just(" \n".to_owned()),
        6 => "[a-z0-9 千问]{1,30}",
        1 => "[a-z]{300,600}",
    ];
    let role = prop_oneof![
        1 => Just(Role::System),
        8 => Just(Role::User),
        8 => Just(Role::Assistant),
    ];
    let status = prop::sample::select(Status::ALL.to_vec());
    prop::collection::vec((text, role, status), 0..30).prop_map(|turns| {
        let numbered = (0_u128..).zip(turns);
        numbered
            .map(|(number, (text, role, status))| Node {
                id: id(number),
                parent: number.checked_sub(1).map(id),
                role,
                status,
                text,
            })
            .collect()
    })
}

/// Whether a turn is worth sending at all.
fn is_usable(node: &Node) -> bool {
    let is_sent = node.role != Role::Assistant
        || [Status::Complete, Status::Stopped, Status::Interrupted].contains(&node.status);
    is_sent && !node.text.trim().is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn any_path_is_cut_to_its_budget_and_begins_with_the_person(
        nodes in path(),
        system in prop::option::of("[a-z]{0,40}"),
        input_tokens in 0_u32..600,
    ) {
        let path: Vec<&Node> = nodes.iter().collect();
        let context = assemble(&path, system.as_deref(), Budget { input_tokens });

        let usable: Vec<&Node> = nodes.iter().filter(|node| is_usable(node)).collect();
        prop_assert!(context.turns.iter().all(|node| is_usable(node)));
        prop_assert_eq!(context.dropped, usable.len() - context.turns.len());

        let last_user = usable.iter().rfind(|node| node.role == Role::User);
        if let Some(last_user) = last_user {
            prop_assert!(context.turns.contains(last_user), "the question is always sent");
        }
        let total = system.as_deref().map_or(0, cost)
            + context.turns.iter().map(|node| cost(&node.text)).sum::<u32>();
        let is_question_alone = context.turns.len() == 1 && context.turns.first() == last_user;
        prop_assert!(
            total <= input_tokens || context.turns.is_empty() || is_question_alone,
            "{} tokens in a budget of {}", total, input_tokens
        );
        prop_assert_ne!(context.turns.first().map(|node| node.role), Some(Role::Assistant));
        prop_assert!(context.turns.is_sorted_by_key(|node| node.id), "the order is kept");
    }

    #[test]
    fn nothing_is_left_out_that_fits(nodes in path()) {
        let path: Vec<&Node> = nodes.iter().collect();
        let context = assemble(&path, None, Budget { input_tokens: u32::MAX });
        let mut expected: Vec<&Node> = nodes.iter().filter(|node| is_usable(node)).collect();
        let first_user = expected.iter().position(|node| node.role == Role::User);
        let answers_before = |index: usize| first_user.is_none_or(|first| index < first);
        let mut index = 0;
        expected.retain(|node| {
            index += 1;
            node.role != Role::Assistant || !answers_before(index - 1)
        });
        prop_assert_eq!(context.turns, expected);
    }
}

fn turn(number: u128, role: Role, text: &str) -> Node {
    Node {
        id: id(number),
        parent: number.checked_sub(1).map(id),
        role,
        status: Status::Complete,
        text: text.to_owned(),
    }
}

#[test]
fn the_oldest_turns_go_first_and_an_answer_never_goes_without_its_question() {
    let nodes = [
        turn(0, Role::User, "first question"),
        turn(1, Role::Assistant, "first answer"),
        turn(2, Role::User, "second question"),
    ];
    let path: Vec<&Node> = nodes.iter().collect();
    let costs: Vec<u32> = nodes.iter().map(|node| cost(&node.text)).collect();
    let kept = |input_tokens| {
        let context = assemble(&path, None, Budget { input_tokens });
        (
            context
                .turns
                .iter()
                .map(|node| node.text.as_str())
                .collect::<Vec<_>>(),
            context.dropped,
        )
    };
    let all: u32 = costs.iter().sum();
    assert_eq!(
        kept(all),
        (vec!["first question", "first answer", "second question"], 0)
    );
    assert_eq!(
        kept(all - 1),
        (vec!["second question"], 2),
        "the answer has lost its question"
    );
    assert_eq!(kept(costs[2]), (vec!["second question"], 2));
    assert_eq!(
        kept(0),
        (vec!["second question"], 2),
        "over the budget, yet sent"
    );
}

#[test]
fn the_system_text_takes_its_part_of_the_budget() {
    let nodes = [
        turn(0, Role::User, "question"),
        turn(1, Role::Assistant, "answer"),
        turn(2, Role::User, "again"),
    ];
    let path: Vec<&Node> = nodes.iter().collect();
    let budget = Budget {
        input_tokens: nodes.iter().map(|node| cost(&node.text)).sum(),
    };
    assert_eq!(assemble(&path, None, budget).turns.len(), 3);
    assert_eq!(assemble(&path, Some("be brief"), budget).turns.len(), 1);
}

#[test]
fn failed_empty_and_unfinished_replies_are_not_sent_and_stopped_ones_are() {
    let with = |status, text: &str| {
        let nodes = [
            turn(0, Role::User, "question"),
            Node {
                status,
                ..turn(1, Role::Assistant, text)
            },
            turn(2, Role::User, "again"),
        ];
        let path: Vec<&Node> = nodes.iter().collect();
        assemble(&path, None, Budget { input_tokens: 1000 })
            .turns
            .len()
    };
    for status in [Status::Complete, Status::Stopped, Status::Interrupted] {
        assert_eq!(with(status, "half an ans"), 3, "{status:?}");
        assert_eq!(with(status, " "), 2, "{status:?} and blank");
    }
    for status in [Status::Failed, Status::Queued, Status::Streaming] {
        assert_eq!(with(status, "half an ans"), 2, "{status:?}");
    }
}
