//! What a script in the page cannot do: reach a network, leave the page, run inline code.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use e2e::{Cloud, Computer, Listener, Result, Window};
use fake_dashscope::FakeServer;
use serde_json::{Value, json};

/// Tries every way a page has to reach a server; each entry says what came of it.
const REACH_OUT: &str = r"
const [base, probe, done] = arguments;
const results = {};
const at = (way) => base + '/' + way;
const attempt = (way, act) => { try { results[way] = String(act() ?? 'tried'); } catch (thrown) { results[way] = 'refused: ' + thrown; } };
const later = (way, promise) => promise.then(() => { results[way] = 'worked'; }, (thrown) => { results[way] = 'refused: ' + thrown; });
const add = (name, set) => { const element = document.createElement(name); set(element); document.body.append(element); return element; };

attempt('fetch', () => { later('fetch', fetch(at('fetch'))); });
attempt('fetch-no-cors', () => { later('fetch-no-cors', fetch(at('fetch-no-cors'), { mode: 'no-cors', method: 'POST', body: 'x' })); });
attempt('fetch-keepalive', () => { later('fetch-keepalive', fetch(at('fetch-keepalive'), { keepalive: true, mode: 'no-cors' })); });
attempt('xhr', () => { const xhr = new XMLHttpRequest(); xhr.open('GET', at('xhr')); xhr.send(); });
attempt('xhr-sync', () => { const xhr = new XMLHttpRequest(); xhr.open('GET', at('xhr-sync'), false); xhr.send(); return 'status ' + xhr.status; });
attempt('websocket', () => { new WebSocket(at('websocket').replace('http', 'ws')); });
attempt('eventsource', () => { new EventSource(at('eventsource')); });
attempt('beacon', () => navigator.sendBeacon(at('beacon'), 'x'));
attempt('image', () => { new Image().src = at('image'); });
attempt('img', () => add('img', (e) => { e.src = at('img'); e.srcset = at('srcset') + ' 2x'; }));
attempt('svg', () => { const s = document.createElementNS('http://www.w3.org/2000/svg', 'svg'); const i = document.createElementNS('http://www.w3.org/2000/svg', 'image'); i.setAttribute('href', at('svg')); s.append(i); document.body.append(s); });
attempt('script', () => add('script', (e) => { e.src = at('script'); }));
attempt('module', () => add('script', (e) => { e.type = 'module'; e.src = at('module'); }));
attempt('import', () => { later('import', import(at('import'))); });
attempt('stylesheet', () => add('link', (e) => { e.rel = 'stylesheet'; e.href = at('stylesheet'); }));
for (const rel of ['prefetch', 'preload', 'prerender', 'preconnect', 'dns-prefetch', 'modulepreload', 'icon', 'manifest']) {
  attempt('link-' + rel, () => add('link', (e) => { e.rel = rel; if (rel === 'preload') e.as = 'fetch'; e.href = at('link-' + rel); }));
}
attempt('font', () => { later('font', new FontFace('far', 'url(' + at('font') + ')').load()); });
attempt('css-url', () => add('div', (e) => { e.style.backgroundImage = 'url(' + at('css-url') + ')'; e.style.height = '9px'; }));
attempt('style-import', () => add('style', (e) => { e.textContent = '@import url(' + at('style-import') + ');'; }));
attempt('iframe', () => add('iframe', (e) => { e.src = at('iframe'); }));
attempt('iframe-srcdoc', () => add('iframe', (e) => { e.srcdoc = '<img src=' + at('iframe-srcdoc') + '>'; }));
attempt('object', () => add('object', (e) => { e.data = at('object'); }));
attempt('embed', () => add('embed', (e) => { e.src = at('embed'); }));
attempt('video', () => add('video', (e) => { e.src = at('video'); e.poster = at('poster'); e.load(); }));
attempt('audio', () => { new Audio(at('audio')).load(); });
attempt('track', () => add('video', (e) => { const t = document.createElement('track'); t.src = at('track'); t.default = true; e.append(t); }));
attempt('form', () => add('form', (e) => { e.action = at('form'); e.method = 'POST'; e.submit(); }));
attempt('form-get', () => add('form', (e) => { e.action = at('form-get'); e.requestSubmit(); }));
attempt('ping', () => { const a = add('a', (e) => { e.href = '#x'; e.ping = at('ping'); }); a.click(); });
attempt('worker', () => { new Worker(at('worker')); });
attempt('blob-worker', () => { new Worker(URL.createObjectURL(new Blob(['fetch(' + JSON.stringify(at('blob-worker')) + ')']))); });
attempt('service-worker', () => { later('service-worker', navigator.serviceWorker.register(at('service-worker'))); });
attempt('eval', () => { eval('1'); return 'ran'; });
attempt('function', () => { Function('return 1')(); return 'ran'; });
attempt('rtc', () => {
  const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:' + probe }, { urls: 'turn:' + probe, username: 'x', credential: 'y' }] });
  peer.createDataChannel('x');
  later('rtc', peer.createOffer().then((offer) => peer.setLocalDescription(offer)));
});
attempt('csp-report', () => { const m = document.createElement('meta'); m.httpEquiv = 'Content-Security-Policy'; m.content = 'report-uri ' + at('csp-report'); document.head.append(m); });
setTimeout(() => done(results), 3000);
";

/// Tries to lead the window somewhere else.
const WANDER: [(&str, &str); 10] = [
    ("location", "location.href = BASE + '/location'"),
    ("assign", "location.assign(BASE + '/assign')"),
    ("replace", "location.replace(BASE + '/replace')"),
    ("open", "window.open(BASE + '/open', '_blank')"),
    ("open-self", "window.open(BASE + '/open-self', '_self')"),
    (
        "click",
        "const a = document.createElement('a'); a.href = BASE + '/click'; document.body.append(a); a.click()",
    ),
    (
        "blank",
        "const a = document.createElement('a'); a.href = BASE + '/blank'; a.target = '_blank'; document.body.append(a); a.click()",
    ),
    (
        "download",
        "const a = document.createElement('a'); a.href = BASE + '/download'; a.download = 'x'; document.body.append(a); a.click()",
    ),
    (
        "refresh",
        "const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=' + BASE + '/refresh'; document.head.append(m)",
    ),
    (
        "data",
        "location.href = 'data:text/html,<script src=' + BASE + '/data></script>'",
    ),
];

async fn ready(cloud: &Cloud, computer: &Computer) -> Result<Window> {
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    Ok(window)
}

#[tokio::test]
async fn i_01_the_page_reaches_no_server() -> Result<()> {
    let cloud = Cloud::new();
    let listener = Listener::start()?;
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    let datagrams = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    datagrams
        .set_nonblocking(true)
        .expect("a socket that does not wait");
    let probe = datagrams.local_addr().expect("an address").to_string();
    let arguments = vec![json!(listener.address()), json!(probe)];
    let results: Value = window.script_later(REACH_OUT, arguments).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(listener.heard(), Vec::<String>::new(), "{results:#}");
    let packet = datagrams.recv(&mut [0; 64]).map_err(|error| error.kind());
    assert_eq!(packet, Err(ErrorKind::WouldBlock), "a packet came");
    let attempts = results.as_object().map_or(0, serde_json::Map::len);
    assert!(attempts >= 40, "{attempts} ways were tried: {results:#}");
    for way in [
        "fetch",
        "fetch-no-cors",
        "import",
        "font",
        "eval",
        "function",
    ] {
        let result = results[way].as_str().unwrap_or_default();
        assert!(result.starts_with("refused"), "{way}: {result}");
    }

    // The window has not gone anywhere, and works.
    assert!(window.address().await?.starts_with("tauri://localhost"));
    window.ask_until("still here?", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn i_01_the_regions_themselves_are_out_of_the_pages_reach() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    cloud.beijing.forget_requests();
    let script = "
        const [address, done] = arguments;
        const told = (way) => (result) => way + ': ' + result;
        Promise.allSettled([fetch(address), fetch(address, { mode: 'no-cors' })])
          .then((all) => done(all.map((one) => one.status)));
    ";
    let models = format!("{}/models", cloud.beijing.compatible_base());
    let results: Vec<String> = window.script_later(script, vec![json!(models)]).await?;
    assert_eq!(results, ["rejected", "rejected"]);
    assert!(cloud.beijing.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn i_03_the_window_stays_on_its_own_page() -> Result<()> {
    let cloud = Cloud::new();
    let listener = Listener::start()?;
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    window.ask_until("hello", "complete").await?;
    for (way, act) in WANDER {
        let body = format!("const BASE = arguments[0]; {act}");
        // A page that refuses may also throw.
        let tried = window
            .script::<Value>(
                &format!("try {{ {body} }} catch (thrown) {{ return String(thrown) }} return null"),
                vec![json!(listener.address())],
            )
            .await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let address = window.address().await?;
        assert!(
            address.starts_with("tauri://localhost"),
            "{way} led to {address} ({tried})"
        );
        assert!(window.has("composer").await?, "{way} replaced the page");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(listener.heard(), Vec::<String>::new());
    let windows = computer.windows()?;
    assert_eq!(windows, 1, "a second window opened");
    window.ask_until("still here?", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn r_04_the_pages_rules_are_in_force_and_nothing_of_ours_breaks_them() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    let listen = "window.broken = []; document.addEventListener('securitypolicyviolation', (event) => window.broken.push({ rule: event.effectiveDirective, what: event.blockedURI, policy: event.originalPolicy }))";
    window.script::<()>(listen, vec![]).await?;

    // Everything a person usually does.
    window.first_run(FakeServer::KEY).await?;
    window
        .ask_until("/fake thinking=20 tokens=60", "complete")
        .await?;
    window.ask_until("/fake error=401", "failed").await?;
    window.click("model-picker").await?;
    window.find("model-option").await?;
    window.type_into("model-search", "\u{e00c}").await?;
    window.click_in_sidebar("settings").await?;
    window.click_option("settings-theme", "dark").await?;
    window.click_option("settings-language", "zhCn").await?;
    window.click("settings-back").await?;
    let broken: Vec<Value> = window.script("return window.broken", vec![]).await?;
    assert!(broken.is_empty(), "{broken:#?}");

    // An inline script does not run, and the rule that stops it is the one we ship.
    let inline = "const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script); return window.ran === true";
    assert!(
        !window.script::<bool>(inline, vec![]).await?,
        "an inline script ran"
    );
    window
        .wait_for("the refusal", "window.broken.length > 0")
        .await?;
    let policy: String = window
        .script("return window.broken[0].policy", vec![])
        .await?;
    let shipped: Value = serde_json::from_str(include_str!("../../../../tauri.conf.json"))?;
    let shipped = shipped["app"]["security"]["csp"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for rule in shipped.split(';').map(str::trim) {
        let (name, sources) = rule.split_once(' ').unwrap_or((rule, ""));
        let live = policy
            .split(';')
            .map(str::trim)
            .find(|live| live.split(' ').next() == Some(name));
        let live = live.unwrap_or_default();
        for source in sources.split(' ') {
            assert!(
                live.split(' ').any(|word| word == source),
                "{name} lacks {source}: {policy}"
            );
        }
        for word in live.split(' ').skip(1) {
            let known = sources.split(' ').any(|source| source == word);
            assert!(
                known || word.starts_with("'nonce-") || word.starts_with("'sha256-"),
                "{name} allows {word} too: {policy}"
            );
        }
    }
    // Prototypes cannot be poisoned.
    let frozen = "return [Object, Array, Function, String, Promise].every((type) => Object.isFrozen(type.prototype)) || Object.isFrozen(Object.prototype)";
    assert!(window.script::<bool>(frozen, vec![]).await?);
    Ok(())
}

#[tokio::test]
async fn nothing_is_kept_in_the_pages_own_storage() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    window
        .ask_until("remember nothing of this in the page", "complete")
        .await?;
    let look = "
        const [done] = arguments;
        const lists = [indexedDB.databases?.() ?? [], globalThis.caches?.keys() ?? []];
        Promise.all(lists.map((list) => Promise.resolve(list).catch(() => []))).then(([databases, stores]) => done({
          local: Object.entries({ ...localStorage }),
          session: Object.entries({ ...sessionStorage }),
          cookies: document.cookie,
          databases: databases.length,
          stores: stores.length,
        }));
    ";
    let kept: Value = window.script_later(look, vec![]).await?;
    assert_eq!(kept["session"], json!([]));
    assert_eq!(kept["cookies"], "");
    assert_eq!(
        (&kept["databases"], &kept["stores"]),
        (&json!(0), &json!(0))
    );
    // The theme alone, so that the first paint has the right colour.
    for entry in kept["local"].as_array().into_iter().flatten() {
        assert!(
            entry.to_string().len() < 40
                && entry[0].as_str().is_some_and(|name| name.contains("theme")),
            "{entry}"
        );
    }
    Ok(())
}
