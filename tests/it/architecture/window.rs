//! The web view's settings in `tauri.conf.json`: what the page can reach at all.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sources::Sources;

/// No source of the network in any directive; inline style attributes position menus.
const GOLDEN: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    style-src-attr 'unsafe-inline'; img-src 'self' blob:; media-src blob:; font-src 'self'; \
    connect-src ipc: http://ipc.localhost; worker-src 'self'; object-src 'none'; \
    frame-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Directive by name, from either form that Tauri takes: one string, or an object.
fn directives(csp: &Value) -> BTreeMap<String, String> {
    if let Some(text) = csp.as_str() {
        let parts = text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let pairs = parts.map(|part| part.split_once(' ').unwrap_or((part, "")));
        return pairs
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
    }
    let entries = csp.as_object().into_iter().flatten();
    entries
        .map(|(name, value)| {
            let list = value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let joined = list.collect::<Vec<_>>().join(" ");
            (name.clone(), value.as_str().map_or(joined, str::to_owned))
        })
        .collect()
}

fn configuration() -> Value {
    serde_json::from_str(Sources::of_repository().file("tauri.conf.json")).expect("valid JSON")
}

#[test]
fn r_04_the_content_security_policy_is_the_golden_one() {
    let golden = directives(&Value::from(GOLDEN));
    assert_eq!(golden.len(), 14, "each directive once");
    let security = &configuration()["app"]["security"];
    assert_eq!(directives(&security["csp"]), golden);
    assert!(
        security["dangerousDisableAssetCspModification"].is_null(),
        "Tauri's nonces stay on"
    );
}

#[test]
fn both_forms_of_a_policy_read_the_same() {
    let text = Value::from("default-src 'none'; connect-src ipc: http://ipc.localhost");
    let object = serde_json::json!({
        "default-src": "'none'",
        "connect-src": ["ipc:", "http://ipc.localhost"],
    });
    assert_eq!(directives(&text), directives(&object));
    assert_ne!(
        directives(&text),
        directives(&Value::from("default-src 'self'"))
    );
}

#[test]
fn the_page_gets_nothing_that_it_does_not_need() {
    let configuration = configuration();
    let app = &configuration["app"];
    assert_eq!(
        app["withGlobalTauri"], false,
        "no global object to call Rust with"
    );
    assert_eq!(
        app["security"]["freezePrototype"], true,
        "prototypes cannot be polluted"
    );
    assert_ne!(
        app["security"]["assetProtocol"]["enable"], true,
        "no files by URL"
    );
    let named = app["security"]["capabilities"]
        .as_array()
        .is_some_and(|list| !list.is_empty());
    assert!(
        named,
        "capabilities are listed, or every file of the folder would count"
    );
    assert_eq!(
        configuration["identifier"], "app.dashdesk.desktop",
        "data folders hang on it"
    );
}
