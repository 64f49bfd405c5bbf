import { describe, expect, it } from "vitest";

import { webPage } from "./consoles";

describe("the pages an action opens", () => {
  it("are of the site that sells the region", () => {
    expect(webPage("openConsole", "cn-beijing", null)).toBe("https://bailian.console.aliyun.com/");
    expect(webPage("openConsole", "ap-southeast-1", null)).toBe("https://modelstudio.console.alibabacloud.com/");
    expect(webPage("openBilling", null, null)).toBe("https://billing-cost.console.aliyun.com/");
    expect(webPage("openBilling", "us-east-1", null)).toBe("https://billing-cost.console.alibabacloud.com/");
  });

  it("are of the network that wants a sign-in, never of the service it hides", () => {
    expect(webPage("openSignInPage", null, "login.example")).toBe("http://login.example/");
    expect(webPage("openSignInPage", null, "dashscope.aliyuncs.com")).toBe("http://example.com/");
    expect(webPage("openSignInPage", null, null)).toBe("http://example.com/");
  });

  it("are not there for what is done here", () => {
    expect(webPage("retry", "cn-beijing", "h.example")).toBeNull();
  });
});
