//! What a person has selected in a reply stays selected while the reply grows.

use std::time::Duration;

use e2e::{Cloud, Computer, Result, Window, shown};
use fake_dashscope::{FakeServer, Kind, Script};
use serde::Deserialize;
use serde_json::json;

/// Frames that a selection has to outlive.
const FRAMES: usize = 200;

/// Selects five characters of the last block's last text and counts the frames in which the reply
/// grows afterwards.
const SELECT: &str = r"
const [answer, frames, done] = arguments;
const reply = [...document.querySelectorAll(answer)].at(-1);
const texts = document.createTreeWalker(reply, NodeFilter.SHOW_TEXT);
let last = null;
while (texts.nextNode()) if (texts.currentNode.data.trim().length >= 5 && texts.currentNode.parentElement.closest('button, header') === null) last = texts.currentNode;
const from = last.data.length - last.data.trimStart().length;
getSelection().setBaseAndExtent(last, from, last, from + 5);
const chosen = getSelection().toString();
const blockOf = (node) => { let block = node; while (block.parentElement !== null && block.parentElement.closest(answer) !== null && !block.parentElement.matches('section')) block = block.parentElement; return block; };
const block = blockOf(last);
let ended = null, unrendered = 0;
let grown = false, grownFrames = 0, openFrames = 0, lost = 0, removed = 0;
const observer = new MutationObserver((records) => {
  grown = true;
  for (const record of records) removed += record.removedNodes.length;
});
observer.observe(reply, { subtree: true, childList: true, characterData: true });
const tick = () => {
  const selection = getSelection();
  // Its words, whether or not they are rendered where they are out of sight just now.
  if (selection.rangeCount === 0 || selection.getRangeAt(0).toString() !== chosen || selection.anchorNode !== last || !last.isConnected) {
    lost += 1;
    ended ??= [grownFrames, last.isConnected, last.data?.slice(0, 60), block.isConnected, block.outerHTML.slice(0, 400)];
  }
  if (selection.toString() !== chosen) unrendered += 1;
  if (grown) grownFrames += 1;
  if (grown && block.nextElementSibling === null) openFrames += 1;
  grown = false;
  const status = reply.closest('[data-testid=message-assistant]').dataset.status;
  if (grownFrames < frames && status === 'streaming') requestAnimationFrame(tick);
  else { observer.disconnect(); done({ unrendered, ended: JSON.stringify(ended), chosen, grownFrames, openFrames, lost, removed, status }); }
};
requestAnimationFrame(tick);
";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outlived {
    chosen: String,
    grown_frames: usize,
    open_frames: usize,
    lost: usize,
    /// Frames in which its words were out of sight and not rendered.
    unrendered: usize,
    /// Where and how it was lost.
    ended: String,
    status: String,
}

impl Outlived {
    fn never_lost(&self, case: &str) {
        assert_eq!(
            self.lost, 0,
            "{case}: first lost at {}, not rendered in {} frames",
            self.ended, self.unrendered
        );
    }
}

async fn select_while_growing(window: &Window) -> Result<Outlived> {
    window
        .script_later(SELECT, vec![json!(shown::ANSWER), json!(FRAMES)])
        .await
}

#[tokio::test]
async fn a_selection_in_the_open_block_outlives_two_hundred_frames() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    for kind in [Kind::Paragraph, Kind::Code, Kind::List, Kind::Table] {
        window.new_chat().await?;
        cloud.beijing.queue_script(Script {
            markdown: Some((kind, 3_000)),
            seed: Some(7),
            rate: 60.0,
            thinking: Some(0),
            ..Script::default()
        });
        window.ask("one long block").await?;
        window.reply_grows_to(300).await?;
        let outlived = select_while_growing(&window).await?;
        println!("{kind:?}: {outlived:?}");
        outlived.never_lost(&format!("{kind:?}"));
        assert_eq!(outlived.status, "streaming", "{kind:?}: {outlived:?}");
        assert!(outlived.grown_frames >= FRAMES, "{kind:?}: {outlived:?}");
        assert!(
            outlived.open_frames >= FRAMES,
            "{kind:?}: the block was not the open one"
        );
        assert_eq!(outlived.chosen.chars().count(), 5);
        window.click("stop").await?;
        window
            .reply_ends("stopped", Duration::from_secs(10))
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_selection_in_mixed_prose_outlives_the_blocks_after_it() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.queue_script(Script {
        markdown: Some((Kind::Mixed, 3_000)),
        seed: Some(7),
        rate: 150.0,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask("a long document").await?;
    let mut last = String::new();
    for characters in [200, 1_500, 3_000] {
        window.reply_grows_to(characters).await?;
        let outlived = select_while_growing(&window).await?;
        println!("from {characters}: {outlived:?}");
        outlived.never_lost(&format!("from {characters}"));
        assert!(outlived.grown_frames > 0, "from {characters}: {outlived:?}");
        last = outlived.chosen;
    }
    // What was out of sight is rendered again once the reply has ended.
    window
        .reply_ends("complete", Duration::from_mins(1))
        .await?;
    let selected: String = window
        .script("return getSelection().toString()", vec![])
        .await?;
    assert_eq!(selected, last);
    Ok(())
}
