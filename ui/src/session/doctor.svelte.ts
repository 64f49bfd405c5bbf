// One run of the connection doctor as the page sees it.

import { asCommandError, type BrowserVerdict, type CommandError, type DoctorEvent, type DoctorRequest, type Ipc, type Step } from "../ipc";

export class Doctor {
  steps = $state.raw<Step[]>([]);
  host = $state("");
  browser = $state.raw<BrowserVerdict | null>(null);
  /** How the run ended; nothing while it goes on. */
  end = $state.raw<Extract<DoctorEvent, { event: "finished" }> | null>(null);
  running = $state(false);
  /** Why it could not run at all. */
  error = $state.raw<CommandError | null>(null);
  /** The first broken step. */
  broken = $derived(this.steps.find(({ state }) => state === "failed") ?? null);
  /** The first step that works and about which a person should know something. */
  remarkable = $derived(this.steps.find(({ state }) => state === "warned") ?? null);

  #ipc: Ipc;
  /** Told by each whole run who looks into the connection, if anybody does. */
  #oninspected: (issuer: string | null) => void;
  /** Tells the events of an older run from those of this one. */
  #run = 0;

  constructor(ipc: Ipc, oninspected: (issuer: string | null) => void = () => undefined) {
    this.#ipc = ipc;
    this.#oninspected = oninspected;
  }

  async run(request: DoctorRequest): Promise<void> {
    const run = (this.#run += 1);
    this.running = true;
    this.error = null;
    this.end = null;
    try {
      await this.#ipc.doctorRun(request, (event) => {
        if (run === this.#run) this.#take(event);
      });
    } catch (thrown) {
      if (run === this.#run) this.error = asCommandError(thrown);
    } finally {
      if (run === this.#run) this.running = false;
    }
  }

  async stop(): Promise<void> {
    await this.#ipc.doctorStop();
  }

  #take(event: DoctorEvent): void {
    switch (event.event) {
      case "started":
        this.host = event.host;
        this.steps = event.steps;
        this.browser = null;
        break;
      case "step":
        this.steps = this.steps.map((step) => (step.id === event.step.id ? event.step : step));
        break;
      case "browser":
        this.browser = event.verdict;
        break;
      case "finished":
        this.end = event;
        this.running = false;
        this.#oninspected(this.#issuer());
        break;
    }
  }

  #issuer(): string | null {
    for (const { finding } of this.steps) if (finding?.kind === "inspected") return finding.issuer;
    return null;
  }
}
