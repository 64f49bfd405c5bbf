import { beforeEach, describe, expect, it } from "vitest";
import type { Attributes, MathAttribute, Node as DocumentNode, Tag } from "../ipc";
import { ReplyDocument } from "./reply-document";
import { isMath, mathAttributes, shapes } from "./vocabulary";

const payloads = [
  "<script>window.__pwn=1</script>",
  "<img src=x onerror=window.__pwn=1>",
  "<svg onload=window.__pwn=1>",
  "<svg><script>window.__pwn=1</script></svg>",
  "<math><mtext><img src=x onerror=window.__pwn=1></mtext></math>",
  "<iframe srcdoc='<script>parent.__pwn=1</script>'></iframe>",
  "<a href=javascript:window.__pwn=1>x</a>",
  "<form action=javascript:window.__pwn=1><button>x</button></form>",
  "<input autofocus onfocus=window.__pwn=1>",
  "<details open ontoggle=window.__pwn=1>",
  "<video><source onerror=window.__pwn=1></video>",
  "<body onload=window.__pwn=1>",
  "<style>@import 'http://127.0.0.1/x';</style>",
  "<link rel=stylesheet href=http://127.0.0.1/x>",
  "<base href=http://127.0.0.1/>",
  "<meta http-equiv=refresh content='0;url=javascript:window.__pwn=1'>",
  "<object data=javascript:window.__pwn=1></object>",
  "<embed src=javascript:window.__pwn=1>",
  "<template><script>window.__pwn=1</script></template>",
  "<noscript><p title='</noscript><img src=x onerror=window.__pwn=1>'></noscript>",
  "<!--><img src=x onerror=window.__pwn=1>-->",
  "<![CDATA[<img src=x onerror=window.__pwn=1>]]>",
  "</p></div></section><script>window.__pwn=1</script>",
  "\"><img src=x onerror=window.__pwn=1>",
  "' onmouseover='window.__pwn=1",
  "\" style=\"background:url(http://127.0.0.1/x)\" x=\"",
  "javascript:window.__pwn=1",
  "JaVaScRiPt:window.__pwn=1",
  "java\tscript:window.__pwn=1",
  "data:text/html,<script>window.__pwn=1</script>",
  "vbscript:window.__pwn=1",
  "&lt;script&gt;window.__pwn=1&lt;/script&gt;",
  "&#60;script&#62;window.__pwn=1&#60;/script&#62;",
  "\\u003cscript\\u003ewindow.__pwn=1",
  "{{constructor.constructor('window.__pwn=1')()}}",
  "${window.__pwn=1}",
  "{@html '<script>window.__pwn=1</script>'}",
  "__proto__",
  "constructor",
  "onclick",
  "url(http://127.0.0.1/x)",
  "expression(window.__pwn=1)",
  "\u202e<script>window.__pwn=1</script>",
  "\0<script>window.__pwn=1</script>",
];

const elements = new Set([
  ...Object.values(shapes).map(({ name }) => name),
  "th", "div", "section", "figure", "pre", "header", "footer", "button", "bdi",
]);
const attributes = new Set(["class", "dir", "lang", "scope", "start", "role", "tabindex", "title", "type", "style", ...mathAttributes]);
const loads = /url|import|expression|javascript/i;

function offences(root: Element): string[] {
  return [...root.querySelectorAll("*")].flatMap((element) => {
    const math = element.namespaceURI === "http://www.w3.org/1998/Math/MathML";
    const known = math ? isMath(element.localName as Tag) : element.namespaceURI === "http://www.w3.org/1999/xhtml" && elements.has(element.localName);
    const wrong = [...element.attributes].filter(({ name, value }) => !(attributes.has(name) || /^(data|aria)-[a-z]+$/.test(name)) || (name === "style" && loads.test(value)));
    return [...(known ? [] : [element.localName]), ...wrong.map(({ name }) => `${element.localName} ${name}`)];
  });
}

/** The payload in every place that a document has for words. */
function everywhere(payload: string): DocumentNode[] {
  const math = Object.fromEntries(["onclick", "href", "style", "xlink:href", "src", "mathcolor"].map((name) => [name, payload])) as Partial<Record<MathAttribute, string>>;
  const spread: Attributes & Record<string, unknown> = { language: payload, host: payload, address: payload, ordinal: 0, number: 1, start: 2, checked: true, tight: true, math, onclick: payload, href: payload, style: payload };
  const tags = [...Object.keys(shapes), "math", "mrow", "mi", "mtext", "mspace", "mtable"] as Tag[];
  return tags.flatMap((tag): DocumentNode[] => {
    const node: DocumentNode = { tag, attributes: spread, children: [payload] };
    return [node, { tag: "quote", children: [{ tag: "paragraph", children: [node, payload] }] }];
  });
}

describe("the closed vocabulary", () => {
  let reply: ReplyDocument;

  beforeEach(() => {
    reply = new ReplyDocument({
      copyCode: () => Promise.resolve(0),
      copyTable: () => Promise.resolve(),
      openLink: () => undefined,
      loadImage: () => Promise.reject(new Error("none")),
    });
    document.body.replaceChildren(reply.element);
  });

  it("has enough to try", () => {
    expect(payloads.length).toBeGreaterThanOrEqual(40);
  });

  it.each(payloads)("holds against %j", (payload) => {
    reply.show(everywhere(payload));
    expect(offences(reply.element)).toEqual([]);
    expect(reply.element.textContent).toContain(payload);
    reply.apply([
      { operation: "children", depth: 0, keep: 0, nodes: [{ tag: "paragraph", children: [payload] }] },
      { operation: "text", depth: 1, text: payload },
      { operation: "attributes", depth: 1, attributes: { address: payload, math: { mathcolor: payload } } },
      { operation: "repair", block: 0, node: { tag: "codeBlock", attributes: { language: payload }, children: [{ tag: "codeLine", children: [payload] }] } },
    ]);
    reply.flush();
    expect(offences(reply.element)).toEqual([]);
    expect("__pwn" in window).toBe(false);
  });

  it("makes nothing but text of a kind it does not know", () => {
    for (const tag of ["script", "SCRIPT", "object", "constructor", "__proto__", "toString", "document"]) {
      reply.show([{ tag, attributes: { address: "javascript:0" }, children: ["words"] } as unknown as DocumentNode]);
      expect(offences(reply.element)).toEqual([]);
      expect(reply.element.querySelectorAll("section > span").length).toBe(1);
      expect(reply.element.textContent).toBe("words");
    }
  });
});
