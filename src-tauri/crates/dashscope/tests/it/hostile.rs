//! Whatever the bytes: no panic, one end, nothing after it.

use dashscope::Protocol;
use dashscope::chat::{Head, Output};
use proptest::prelude::*;

use crate::decode::events_of;

fn pieces() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let word = prop::sample::select(vec![
        "data:",
        "data: ",
        "event:error",
        "id:1",
        ":HTTP_STATUS/400",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "{\"choices\":[{\"delta\":{\"content\":\"汉\"}}]}",
        "{\"output\":{\"text\":\"a\"}}",
        "{\"output\":{\"choices\":[{\"message\":{\"tool_calls\":[{\"index\":4294967296}]}}]}}",
        "{\"error\":{\"code\":",
        "{\"message\":\"data: {\\\"error\\\":1}\"}",
        "[DONE]",
        "\"finish_reason\":\"stop\"",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\\ud83d",
        "\\u",
        "null",
        "1e999",
        "\u{feff}",
        "<html><title>",
        "</title>",
    ]);
    let piece = prop_oneof![
        4 => word.prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40)
}

proptest! {
    #[test]
    fn any_bytes_end_in_exactly_one_end(
        pieces in pieces(),
        native in any::<bool>(),
        output in prop::sample::select(vec![Output::Incremental, Output::Cumulative, Output::Detect]),
        status in prop::sample::select(vec![200_u16, 204, 302, 400, 429, 500, 999]),
        content_type in prop::option::of("text/(event-stream|html)|application/json|[ -~]{0,10}"),
    ) {
        let protocol = if native { Protocol::Native } else { Protocol::Compatible };
        let head = Head { status, content_type, ..Head::default() };
        let whole = pieces.concat();
        let cut: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let in_pieces = events_of(protocol, output, head.clone(), &cut);
        let at_once = events_of(protocol, output, head, &[&whole]);
        prop_assert_eq!(in_pieces, at_once, "the cuts must not matter");
    }
}
