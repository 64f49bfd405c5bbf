// Watches everything a reply puts into the page, from its first half-open word on, and writes down
// whatever is outside the closed set. `watched()` tells.
const html = new Set(
  ("article section header footer div p h1 h2 h3 h4 h5 h6 blockquote ul ol li pre code span table thead tbody tr th td " +
    "hr em strong del a br figure figcaption sup bdi button time").split(" "),
);
const math = new Set(
  ("math mrow mi mn mo mtext ms mspace mfrac msqrt mroot mstyle merror mpadded mphantom menclose msub msup msubsup munder " +
    "mover munderover mmultiscripts mprescripts mtable mtr mtd").split(" "),
);
/** What stands around an answer: its footer, its errors. */
const around = new Set(["details", "summary", "dl", "dt", "dd"]);
const icons = new Set(["svg", "g", "path", "circle", "line", "rect", "polyline"]);
const plain = new Set(
  ("class dir lang tabindex role title type start scope colspan hidden disabled inert open style href rel draggable id width height " +
    "viewbox d fill stroke stroke-width stroke-linecap stroke-linejoin cx cy r x y x1 y1 x2 y2 points focusable popover popovertarget rx " +
    "display displaystyle scriptlevel mathvariant mathcolor mathbackground mathsize stretchy symmetric fence separator largeop " +
    "movablelimits lspace rspace minsize maxsize accent accentunder linethickness voffset depth columnalign columnspacing " +
    "rowspacing columnlines rowlines columnspan notation").split(" "),
);
const namespaces = {
  "http://www.w3.org/1999/xhtml": html,
  "http://www.w3.org/1998/Math/MathML": math,
  "http://www.w3.org/2000/svg": icons,
};
/** Names that payloads try to take from us. */
const taken = new Set(["x", "m", "c", "pop", "composer", "document", "window", "__proto__", "button"]);

const offences = [];
const dialogs = [];
const broken = [];
const offend = (what, element) => {
  if (offences.length < 50) offences.push(`${what}: ${element.outerHTML.slice(0, 200)}`);
};
const inspectAttribute = (element, { name, value }) => {
  const known = plain.has(name.toLowerCase()) || /^(data|aria)-[a-z-]+$/.test(name);
  if (!known || /^on/i.test(name)) offend(`attribute ${name}`, element);
  if (name === "href" && !/^(https?:\/\/|mailto:|#)/.test(value)) offend("href", element);
  if (name === "style" && /url|expression|import|fixed/i.test(value)) offend("style", element);
  if (name === "id" && taken.has(value)) offend("id", element);
};
const inspect = (element) => {
  const known = namespaces[element.namespaceURI]?.has(element.localName) ?? false;
  const outside = around.has(element.localName) && element.closest("[data-testid=answer]") === null;
  if (!known && !outside) offend("element", element);
  for (const attribute of element.attributes) inspectAttribute(element, attribute);
};
const inspectAll = (root) => {
  inspect(root);
  root.querySelectorAll("*").forEach(inspect);
};
const inReply = (node) => (node instanceof Element ? node : node.parentElement)?.closest("[data-testid=message-assistant]") ?? null;

new MutationObserver((records) => {
  for (const record of records) {
    if (record.type === "attributes") {
      const value = record.target.getAttribute(record.attributeName);
      if (value !== null && inReply(record.target) !== null) inspectAttribute(record.target, { name: record.attributeName, value });
      continue;
    }
    for (const node of record.addedNodes) {
      if (!(node instanceof Element)) continue;
      if (inReply(node) !== null) inspectAll(node);
      else node.querySelectorAll("[data-testid=message-assistant]").forEach(inspectAll);
    }
  }
}).observe(document.body, { subtree: true, childList: true, attributes: true });

for (const dialog of ["alert", "confirm", "prompt", "print", "open"]) {
  window[dialog] = (...words) => void dialogs.push([dialog, ...words.map(String)]);
}
document.addEventListener("securitypolicyviolation", (event) => {
  broken.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
});
window.watched = () => {
  document.querySelectorAll("[data-testid=message-assistant]").forEach(inspectAll);
  return { offences, dialogs, broken, ran: "__pwn" in window, elements: document.querySelectorAll("[data-testid=message-assistant] *").length };
};
