use super::*;

fn frames_in(pieces: &[&[u8]]) -> Vec<Frame> {
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(piece, &mut frames).unwrap();
    }
    decoder.finish(&mut frames).unwrap();
    frames
}

fn frames(text: &str) -> Vec<Frame> {
    frames_in(&[text.as_bytes()])
}

fn frame(event: &str, data: &str, status: Option<u16>) -> Frame {
    Frame {
        event: event.to_owned(),
        data: data.to_owned(),
        status,
    }
}

#[test]
fn the_recorded_framing_is_read() {
    let text = "id:1\nevent:result\n:HTTP_STATUS/200\ndata:{}\n\nid:2\nevent:error\n:HTTP_STATUS/400\ndata: x\n\n";
    let expected = [
        frame("result", "{}", Some(200)),
        frame("error", "x", Some(400)),
    ];
    assert_eq!(frames(text), expected);
}

#[test]
fn an_event_ends_at_a_new_id_or_name_and_at_the_end_of_the_body() {
    let text = "id:1\ndata:a\nid:2\nevent:x\ndata:b\nevent:y\ndata:c";
    let expected = [
        frame("message", "a", None),
        frame("x", "b", None),
        frame("y", "c", None),
    ];
    assert_eq!(frames(text), expected);
}

#[test]
fn a_status_belongs_to_the_event_it_stands_in() {
    let text =
        "data:a\n:HTTP_STATUS/500\n\ndata:b\n\n:HTTP_STATUS/nonsense\nstatus:404\ndata:c\n\n";
    let expected = [
        frame("message", "a", Some(500)),
        frame("message", "b", None),
        frame("message", "c", Some(404)),
    ];
    assert_eq!(frames(text), expected);
}

#[test]
fn fields_follow_the_specification() {
    let text = "data\ndata:\ndata:  two spaces\nunknown:x\nretry:5\nevent\n\nevent:a\n\ndata:b\n\n";
    let expected = [
        frame("message", "\n\n two spaces", None),
        frame("message", "b", None),
    ];
    assert_eq!(frames(text), expected);
}

#[test]
fn any_cut_gives_the_same_frames() {
    let text = "\u{feff}id:1\r\nevent:result\r\n: c\r\ndata:汉\r\ndata:👋\r\n\r\ndata:x\r\rdata:y\n\ndata:z\r";
    let whole = frames(text);
    assert_eq!(whole.len(), 4);
    assert_eq!(whole[0], frame("result", "汉\n👋", None));
    for cut in 0..=text.len() {
        let (left, right) = text.as_bytes().split_at(cut);
        assert_eq!(frames_in(&[left, right]), whole, "cut at {cut}");
        assert_eq!(
            frames_in(&[left, b"", right]),
            whole,
            "cut at {cut} with an empty chunk"
        );
    }
    let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(frames_in(&bytes), whole);
}

#[test]
fn the_line_limit_holds_however_the_bytes_arrive() {
    let longest = vec![b'x'; limits::LINE_BYTES];
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    assert_eq!(decoder.push(&longest, &mut frames), Ok(()));
    assert_eq!(decoder.push(b"\n", &mut frames), Ok(()));
    assert_eq!(decoder.push(&longest, &mut frames), Ok(()));
    assert_eq!(decoder.push(b"x", &mut frames), Err(TooLong));
    let mut at_once = longest;
    at_once.extend_from_slice(b"x\n");
    assert_eq!(Decoder::default().push(&at_once, &mut frames), Err(TooLong));
}

#[test]
fn text_of_another_kind_is_noticed() {
    let is_other = |text: &str| {
        let mut decoder = Decoder::default();
        decoder.push(text.as_bytes(), &mut Vec::new()).unwrap();
        decoder.finish(&mut Vec::new()).unwrap();
        decoder.is_other_text()
    };
    assert!(is_other("Service: unavailable\n"));
    assert!(!is_other(": ping\n\n"));
    assert!(!is_other("id:1\nodd: field\n"));
}
