//! Turns the stored path of a conversation into the request that is sent.

use conversation::{Budget, MessageId, Node, Role, assemble, estimate_tokens};
use dashscope::catalogue::Catalogue;
use dashscope::{ChatRequest, Parameters, Part, Turn};
use store::Store;

/// Used when the catalogue does not know a model's input limit: the smallest one it lists for a
/// current chat model (qwen-max).
const UNKNOWN_MODEL_INPUT_TOKENS: u32 = 30_000;

/// Walks from `leaf` towards the root and stops as soon as the budget is spent, so that the cost of
/// a turn does not grow with the length of the conversation.
///
/// # Errors
/// The store's error.
pub(crate) fn request(
    store: &Store,
    leaf: MessageId,
    model: &str,
    thinking: Option<bool>,
    begins_with: String,
) -> Result<ChatRequest, store::Error> {
    let budget = Budget {
        input_tokens: input_tokens(model),
    };
    let mut path = Vec::new();
    let mut spent: u32 = 0;
    let mut next = Some(leaf);
    while let Some(id) = next {
        let message = store.message(id)?;
        spent = spent.saturating_add(estimate_tokens(&message.text));
        next = message.parent.filter(|_| spent <= budget.input_tokens);
        path.push(Node {
            id: message.id,
            parent: message.parent,
            role: message.role,
            status: message.status,
            text: message.text,
        });
    }
    path.reverse();
    let borrowed: Vec<&Node> = path.iter().collect();
    let turns = assemble(&borrowed, None, budget)
        .turns
        .into_iter()
        .map(turn)
        .collect();
    let parameters = Parameters {
        enable_thinking: thinking,
        ..Parameters::default()
    };
    Ok(ChatRequest {
        id: None,
        earlier_tries: 0,
        model: model.to_owned(),
        turns,
        begins_with,
        parameters,
    })
}

fn turn(node: &Node) -> Turn {
    match node.role {
        Role::System => Turn::System(node.text.clone()),
        Role::User => Turn::User(vec![Part::Text(node.text.clone())]),
        Role::Assistant => Turn::Assistant {
            text: node.text.clone(),
            thinking: None,
            tool_calls: Vec::new(),
        },
    }
}

fn input_tokens(model: &str) -> u32 {
    Catalogue::bundled()
        .get(model)
        .and_then(|model| model.max_input_tokens.or(model.context_tokens))
        .unwrap_or(UNKNOWN_MODEL_INPUT_TOKENS)
}
