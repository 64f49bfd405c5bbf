// The pages of the web a person may have to visit. They open in the browser, through Rust.

import type { Fix } from "../ipc";
import type { ErrorAction } from "./table";

export const consoles = {
  china: "https://bailian.console.aliyun.com/",
  international: "https://modelstudio.console.alibabacloud.com/",
} as const;

const billing = {
  china: "https://billing-cost.console.aliyun.com/",
  international: "https://billing-cost.console.alibabacloud.com/",
} as const;

function site(region: string | null): keyof typeof consoles {
  return region === null || region === "cn-beijing" || region === "finance" ? "china" : "international";
}

/** A page without encryption: a network that wants a sign-in answers it with its own. */
const anyPage = "http://example.com/";

/** Where a network that pointed to `host` wants the sign-in; the vendor's own hosts are what it hides. */
function signIn(host: string | null): string {
  return host === null || host.endsWith(".aliyuncs.com") ? anyPage : `http://${host}/`;
}

/** The page of the web that an action opens: of the site that sells the region, or of the network. */
export function webPage(action: ErrorAction | Fix["kind"], region: string | null, host: string | null): string | null {
  if (action === "openConsole") return consoles[site(region)];
  if (action === "openBilling") return billing[site(region)];
  return action === "openSignInPage" ? signIn(host) : null;
}
