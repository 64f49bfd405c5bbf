// What a finding says and what a fix is called, in the language in use.

import { seconds, waitText } from "../../errors/words";
import { regionName } from "../../i18n/names";
import { t, translate } from "../../i18n/index.svelte";
import type { BrowserVerdict, Finding, Fix } from "../../ipc";

/** The key of the sentence: some findings have one for each of their cases. */
function sentenceOf(finding: Finding): string {
  switch (finding.kind) {
    case "keyMalformed":
      return `finding.keyMalformed.${finding.why}`;
    case "keyWellFormed":
    case "keyOfPlan":
      return `finding.${finding.kind}.${finding.plan}`;
    case "keyRefused":
      return finding.everywhere ? "finding.keyRefusedEverywhere" : "finding.keyRefused";
    case "certificateExpired":
      return finding.clockSuspect ? "finding.certificateExpiredClock" : "finding.certificateExpired";
    default:
      return `finding.${finding.kind}`;
  }
}

/** How long a step took; what would round to nothing is said as less than the least. */
export function durationText(milliseconds: number): string {
  if (milliseconds >= 1_000) return t("doctor.seconds", { seconds: seconds(milliseconds) });
  return milliseconds < 1 ? t("doctor.atOnce") : t("doctor.milliseconds", { milliseconds });
}

export function findingText(finding: Finding): string {
  const parameters: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(finding)) {
    if (typeof value === "string" || typeof value === "number") parameters[name] = value;
  }
  if (finding.kind === "keyOfRegion") parameters["region"] = regionName(finding.region);
  if (finding.kind === "rateLimited") parameters["wait"] = waitText(finding.seconds);
  if (finding.kind === "clockOff") parameters["minutes"] = Math.abs(finding.minutes);
  return translate(sentenceOf(finding), parameters);
}

export function fixText(fix: Fix): string {
  if (fix.kind === "switchRegion") return t("fix.switchRegion", { region: regionName(fix.region) });
  if (fix.kind === "wait") return t("fix.wait", { wait: waitText(fix.seconds) });
  return t(`fix.${fix.kind}`);
}

/** The two sentences about web pages. */
export function browserText(verdict: BrowserVerdict): string {
  const status = verdict.status ?? 0;
  if (verdict.status === null) return t("doctor.browserFails", { answer: t("doctor.browserSilent") });
  if (verdict.wouldFail) return t("doctor.browserFails", { answer: t("doctor.browserAnswer", { status }) });
  return t("doctor.browserWorks", { answer: t("doctor.browserAllowed", { status }) });
}
