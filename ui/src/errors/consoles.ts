// The vendor's own pages a person may have to visit. They open in the browser, through Rust.

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

/** The console of the site that sells the region. */
export function consoleAddress(region: string | null): string {
  return consoles[site(region)];
}

export function billingAddress(region: string | null): string {
  return billing[site(region)];
}
