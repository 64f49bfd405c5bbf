// The last requests as text for a support ticket: never what was said, whatever is kept of it.

import type { LoggedRequest } from "../../ipc";

export function requestsReport(requests: readonly LoggedRequest[]): string {
  return requests.map(line).join("\n");
}

function line(request: LoggedRequest): string {
  const { route, problem, status, requestId } = request;
  const way = route === null ? "-" : route.kind === "proxy" ? `${route.scheme} proxy` : route.kind;
  const times = [request.dnsMs, request.connectMs, request.tlsMs, request.firstByteMs, request.wholeMs].map((time) => time ?? "-").join("/");
  const outcome = problem ?? status ?? (request.wholeMs === null ? "running" : "stopped");
  const tries = request.earlierTries === 0 ? "" : ` try ${String(request.earlierTries + 1)}`;
  const began = new Date(request.beganMs).toISOString();
  return `${began} ${request.method} ${request.host}${request.path}${tries} ${String(outcome)} ${way} ${times} ms ${String(request.sentBytes)}>${String(request.receivedBytes)} bytes ${requestId ?? "-"}`;
}
