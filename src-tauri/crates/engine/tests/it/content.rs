//! What a person takes out of a reply: code, tables, images.

use crate::desk::desk;
use conversation::MessageId;
use engine::{FailureKind, TableFormat};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn code_and_tables_are_copied_from_a_reply_while_it_runs_and_afterwards() {
    let desk = desk();
    let account = desk.account().await;
    let text = r"```sh\nls\u202e -la\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nend";
    let question = format!("/fake rate=2000 text={text}");
    let mut sent = desk.send(&account, &question).await;
    sent.hear_out().await;
    let (engine, reply) = (&desk.engine, sent.turn.reply.id);

    let code = engine.code_text(reply, 0, false).await.unwrap();
    assert_eq!(code.text, r"ls\u202e -la");
    assert_eq!(code.hidden, 0, "an escape in the source is just text");
    let table = engine.table_text(reply, 0, TableFormat::TabSeparated);
    assert_eq!(table.await.unwrap().trim_end(), "a\tb\n1\t2");
    let whole = engine.message_text(reply).await.unwrap();
    assert!(whole.starts_with("```sh\n") && whole.ends_with("end"));

    let no_block = engine.code_text(reply, 1, false).await.unwrap_err();
    assert_eq!(no_block.kind, FailureKind::NotFound);
    let unknown = MessageId::from_uuid(Uuid::from_u128(404));
    let no_message = engine.message_text(unknown).await.unwrap_err();
    assert_eq!(no_message.kind, FailureKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_characters_are_left_out_of_code_unless_they_are_to_be_kept() {
    let desk = desk();
    let account = desk.account().await;
    let question = "/fake rate=2000 text=```\\nls\u{202e} -la\\n```";
    let mut sent = desk.send(&account, question).await;
    sent.hear_out().await;
    let reply = sent.turn.reply.id;
    let clean = desk.engine.code_text(reply, 0, false).await.unwrap();
    assert_eq!((clean.text.as_str(), clean.hidden), ("ls -la", 1));
    let kept = desk.engine.code_text(reply, 0, true).await.unwrap();
    assert_eq!((kept.text.as_str(), kept.hidden), ("ls\u{202e} -la", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn m_08_only_an_image_of_the_reply_is_loaded_and_only_from_outside() {
    let desk = desk();
    let account = desk.account().await;
    let inside = format!("{}/pixel.png", desk.elsewhere.base_url());
    let seen = desk.elsewhere.requests().len();
    let question = format!("/fake rate=2000 text=![a]({inside}) and https://example.com/x.png");
    let mut sent = desk.send(&account, &question).await;
    sent.hear_out().await;
    for address in [
        inside.as_str(),
        "https://example.com/x.png",
        "https://example.com/y.png",
        "file:///etc/passwd",
        "",
    ] {
        let refused = desk.engine.load_image(sent.turn.reply.id, address).await;
        assert_eq!(refused.unwrap_err().kind, FailureKind::ImageRefused);
    }
    assert_eq!(desk.elsewhere.requests().len(), seen, "nothing was asked");
}
