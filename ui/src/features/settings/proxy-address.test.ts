import { describe, expect, it } from "vitest";
import { bypassHosts, takeApart, wrongField } from "./proxy-address";

const nothing = { scheme: null, port: null, user: null, password: null };

describe("a pasted proxy", () => {
  it.each([
    ["127.0.0.1:7890", { ...nothing, host: "127.0.0.1", port: 7890 }],
    ["http://127.0.0.1:7890/", { ...nothing, scheme: "http", host: "127.0.0.1", port: 7890 }],
    ["SOCKS5://proxy.example", { ...nothing, scheme: "socks5", host: "proxy.example" }],
    ["socks://10.0.0.1:1080", { ...nothing, scheme: "socks5h", host: "10.0.0.1", port: 1080 }],
    ["http://me:p%40ss@proxy.example:3128", { scheme: "http", host: "proxy.example", port: 3128, user: "me", password: "p@ss" }],
    ["http://me:p@ss/word@proxy.example:3128", { scheme: "http", host: "proxy.example", port: 3128, user: "me", password: "p@ss/word" }],
    ["https://[::1]:8443", { ...nothing, scheme: "https", host: "::1", port: 8443 }],
    ["me@proxy.example", { ...nothing, host: "proxy.example", user: "me" }],
  ])("%s is taken apart", (text, parts) => {
    expect(takeApart(text)).toEqual(parts);
  });

  it.each(["proxy.example", "ftp://proxy.example:21", "http://a b:80", "", "http://proxy.example/path"])("%s stays as it is", (text) => {
    expect(takeApart(text)).toBeNull();
  });

  it("is checked field by field", () => {
    expect(wrongField({ host: "", port: 80 })).toBe("host");
    expect(wrongField({ host: "a/b", port: 80 })).toBe("host");
    for (const port of [0, 65_536, Number.NaN, 1.5]) expect(wrongField({ host: "a", port })).toBe("port");
    expect(wrongField({ host: "::1", port: 65_535 })).toBeNull();
  });

  it("leaves out hosts however they are parted", () => {
    expect(bypassHosts(" a.example, b.example\n10.0.0.0/8；c.example ")).toEqual(["a.example", "b.example", "10.0.0.0/8", "c.example"]);
  });
});
