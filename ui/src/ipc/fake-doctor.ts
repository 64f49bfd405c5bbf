// What the doctor tells in the imitation: a run in which everything works, and runs that break.

import type { BrowserVerdict, DoctorEvent, Finding, Fix, Step, StepId, StepState } from "./bindings";

const host = "dashscope.aliyuncs.com";

const healthy: Record<StepId, Finding> = {
  clock: { kind: "clockRight" },
  network: { kind: "online" },
  proxy: { kind: "direct" },
  names: { kind: "nameFound", host, addresses: 4 },
  connection: { kind: "connected" },
  tls: { kind: "certificateTrusted", subject: "*.aliyuncs.com", issuer: "GlobalSign", daysLeft: 120, version: "TLS 1.3" },
  http: { kind: "answered", status: 401 },
  keyFormat: { kind: "keyWellFormed", plan: "standard" },
  keyRegion: { kind: "keyAccepted", models: 23 },
  model: { kind: "modelListed", model: "qwen3.8-max" },
  thinking: { kind: "thinkingFits" },
  stream: { kind: "notAsked" },
  keychain: { kind: "keychainOpen" },
  database: { kind: "databaseSound" },
};

/** Steps that need no way to the server. */
const local: readonly StepId[] = ["clock", "keyFormat", "keychain", "database"];

export const refusedPreflight: BrowserVerdict = { wouldFail: true, status: 404, allowOrigin: null, allowHeaders: null, origin: "https://chat.example" };

function step(id: StepId, state: StepState, finding: Finding | null, fix: Fix | null = null): Step {
  return { id, state, milliseconds: state === "skipped" ? null : 12, finding, fix, costsTokens: id === "stream" };
}

/** The events of a run in which everything works, but for a remark on one step where there is one. */
export function passingRun(remark?: { id: StepId; finding: Finding }): DoctorEvent[] {
  const says = (event: DoctorEvent): DoctorEvent =>
    event.event === "step" && event.step.id === remark?.id ? { event: "step", step: step(remark.id, "warned", remark.finding) } : event;
  return doctorRun().map(says);
}

/** The events of a run that breaks at a step with this finding, or of one in which everything works. */
export function doctorRun(broken?: { id: StepId; finding: Finding; fix: Fix | null }): DoctorEvent[] {
  const ids = Object.keys(healthy) as StepId[];
  const at = broken === undefined ? ids.length : ids.indexOf(broken.id);
  const found = ids.map((id, index) => {
    if (id === broken?.id) return step(id, "failed", broken.finding, broken.fix);
    if (index > at && !local.includes(id)) return step(id, "skipped", { kind: "afterBreak" });
    if (id === "stream") return step(id, "skipped", healthy.stream, { kind: "askOnce" });
    return step(id, "passed", healthy[id]);
  });
  return [
    { event: "started", host, model: "qwen3.8-max", steps: ids.map((id) => step(id, "waiting", null)) },
    ...found.map((done): DoctorEvent => ({ event: "step", step: done })),
    { event: "browser", verdict: refusedPreflight },
    { event: "finished", passed: broken === undefined, stopped: false, milliseconds: 640 },
  ];
}
