// Turns a typed error into the words of the language in use.

import { regionName } from "../i18n/names";
import { formatNumber, t, translate } from "../i18n/index.svelte";
import type { CommandError } from "../ipc";
import type { ErrorAction } from "./table";

/** The headline: never the server's own text. */
export function errorTitle(error: CommandError): string {
  return translate(`error.${error.kind}.title`, {});
}

/** Why it happened and where. */
export function errorCause(error: CommandError): string {
  const cause = translate(`error.${error.kind}.${causeOf(error)}`, {
    age: ageText(error.hours ?? 0),
    host: error.host ?? t("errors.theServer"),
    model: error.model ?? t("errors.thisModel"),
    issuer: error.issuer ?? t("errors.somebody"),
  });
  if (error.retryAfterSeconds === null) return cause;
  return t("errors.causeAndWait", { cause, wait: waitText(error.retryAfterSeconds) });
}

/** Seconds as a person counts them. */
export function waitText(seconds: number): string {
  if (seconds < 120) return t("errors.seconds", { seconds });
  return seconds < 7_200 ? t("errors.minutes", { minutes: Math.ceil(seconds / 60) }) : t("errors.hours", { hours: Math.ceil(seconds / 3_600) });
}

/** A certificate that is off by more than a day makes the clock the likely cause, and not the other side. */
const clockHours = 24;

function causeOf({ kind, hours }: CommandError): "cause" | "causeNear" | "causeFar" {
  if (hours === null || (kind !== "certificateExpired" && kind !== "certificateNotYetValid")) return "cause";
  return hours > clockHours ? "causeFar" : "causeNear";
}

function ageText(hours: number): string {
  return hours > 2 * clockHours ? t("errors.days", { days: Math.floor(hours / 24) }) : t("errors.hours", { hours: Math.max(hours, 1) });
}

export function actionLabel(action: ErrorAction): string {
  return t(`errorAction.${action}`);
}

/** The rows of the details disclosure, in reading order; only what is known. */
export function errorDetails(error: CommandError): { label: string; value: string }[] {
  const rows: [string, string | null][] = [
    [t("errors.code"), error.code ?? error.kind],
    [t("errors.status"), error.status === null ? null : String(error.status)],
    [t("errors.host"), error.host],
    [t("errors.region"), error.region === null ? null : regionName(error.region)],
    [t("errors.model"), error.model],
    [t("errors.issuer"), error.issuer],
    [t("errors.requestId"), error.requestId],
    [t("errors.vendorMessage"), error.message],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

/** A report to paste into a ticket: the title and the details, no prompt and no key. */
export function errorReport(error: CommandError): string {
  return [errorTitle(error), ...errorDetails(error).map(({ label, value }) => `${label}: ${value}`)].join("\n");
}

/** Seconds with at most one decimal. */
export function seconds(milliseconds: number): string {
  return formatNumber(milliseconds < 10_000 ? Math.round(milliseconds / 100) / 10 : Math.round(milliseconds / 1000));
}
