import { setTimeout as sleep } from "node:timers/promises";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type KubernetesClient, KubernetesFault } from "../kubernetes/client";
import { interrupted } from "../process/interrupts";
import {
  type Application,
  type ApplicationName,
  readApplication,
  requestRefresh,
  requestSync,
  terminateSync,
} from "./application";
import type { Containment } from "./contained";
import { hasOpenRefresh, judge, type Standing, shortRevision } from "./judge";

/** Properties of {@link waitForRevision}. */
export interface WaitProps {
  readonly client: KubernetesClient;
  readonly application: ApplicationName;

  /** Which commits have the wanted one. */
  readonly containment: Containment;

  /** Milliseconds until it is given up. */
  readonly timeout: number;

  /** Asks Argo CD to sync where nobody else does: who asks. @default - it waits for a hand */
  readonly syncAs?: string;

  /** Ends a sync of another commit that goes on, which may wait for the health of what is to go. @default false */
  readonly terminates?: boolean;

  /** Milliseconds that such a sync is left alone: Argo CD tells its commit only after a while. @default 10000 */
  readonly beginning?: number;

  /** Removes what Git no longer has, when it asks for a sync. @default false */
  readonly prune?: boolean;

  /** Called with what is waited for, when that changes. */
  readonly onProgress?: (line: string) => void;

  /** Milliseconds between two looks. @default 2000 */
  readonly pause?: number;

  /** Milliseconds that bad health must last to count as such: an autoscaler without metrics yet is degraded too. @default 15000 */
  readonly grace?: number;

  /** Milliseconds after which an Argo CD that has not begun what it was asked for is said to be down. @default 20000 */
  readonly patience?: number;
}

/** What was waited for. */
export interface Reached {
  /** The commit that is synced. */
  readonly revision: string;

  /** Whether it is the wanted one itself, and not one that contains it. */
  readonly exact: boolean;

  /** Looks until it was so: one when it was so already. */
  readonly looks: number;
}

/** Milliseconds after which Argo CD is asked again to look at Git. */
const REFRESH_AGAIN = 30_000;

/**
 * Waits until Argo CD has synced a commit, or one that contains it, and the Application is healthy and no operation goes on.
 * It reads first: what is so already ends it at once.
 *
 * @throws CliError when the sync failed, health stays degraded, or the time is over: with what was seen last.
 */
export async function waitForRevision(props: WaitProps): Promise<Reached> {
  return new Waiting(props).run();
}

class Waiting {
  private readonly begun = Date.now();
  private looks = 0;
  private said = "";
  private badSince: number | undefined;
  private refreshed: number | undefined;
  private openSince: number | undefined;
  private synced: number | undefined;
  private other: { readonly startedAt: string; readonly since: number } | undefined;

  constructor(private readonly props: WaitProps) {}

  async run(): Promise<Reached> {
    for (;;) {
      if (interrupted.aborted) throw new Interrupted();
      this.looks += 1;
      const standing = await this.look();
      if (standing.kind === "done") {
        const { revision } = standing;
        return { revision, exact: revision === this.props.containment.wanted, looks: this.looks };
      }
      this.endIfFailed(standing);
      this.tell(standing.why);
      if (Date.now() - this.begun >= this.props.timeout) throw this.timedOut(standing);
      const { pause = 2000, timeout } = this.props;
      const left = timeout - (Date.now() - this.begun);
      await sleep(Math.max(1, Math.min(pause, left)), undefined, { signal: interrupted }).catch(
        () => undefined,
      );
    }
  }

  /** Looks once, and asks Argo CD for what is missing. Who does not answer now may answer later. */
  private async look(): Promise<Standing> {
    const { client, application, containment } = this.props;
    try {
      const app = await readApplication(client, application);
      const unknown = await this.learn(app);
      if (unknown !== undefined) return { kind: "waiting", why: unknown, needs: "time" };
      const standing = judge(app, containment.has);
      return standing.kind === "waiting" ? await this.help(standing, app) : standing;
    } catch (error) {
      if (error instanceof KubernetesFault && error.passing) {
        return {
          kind: "waiting",
          why: error.message.split("\n").slice(0, 2).join(" ").replaceAll(/ +/g, " "),
          needs: "time",
        };
      }
      throw error;
    }
  }

  private async learn({ status }: Application): Promise<string | undefined> {
    const { containment } = this.props;
    const state = status?.operationState;
    for (const one of [
      status?.sync?.revision,
      state?.syncResult?.revision,
      state?.operation?.sync?.revision,
    ]) {
      const unknown = one ? await containment.learn(one) : undefined;
      if (unknown !== undefined)
        return `whether ${shortRevision(one ?? "")} has this commit cannot be told: ${unknown}`;
    }
    return undefined;
  }

  private async help(standing: Extract<Standing, { kind: "waiting" }>, app: Application): Promise<Standing> {
    const { client, application, syncAs, prune = false } = this.props;
    const down = this.downText(app);
    if (down !== undefined) return { ...standing, why: `${standing.why}; ${down}` };
    if (standing.needs === "refresh" && Date.now() - (this.refreshed ?? 0) >= REFRESH_AGAIN) {
      this.refreshed = Date.now();
      if (!(await requestRefresh(client, application))) {
        return { ...standing, why: `${standing.why}; it looks within three minutes by itself` };
      }
    }
    if (this.isToBeEnded(standing, app)) {
      await terminateSync(client, application, app);
      return { ...standing, why: `${standing.why}: ended, as it syncs another commit` };
    }
    if (standing.needs !== "sync") return standing;
    if (syncAs === undefined) return { ...standing, why: `${standing.why}: ${this.byHand()}` };
    if (Date.now() - (this.synced ?? 0) < REFRESH_AGAIN) return standing;
    await requestSync(client, application, { by: syncAs, prune, seen: app });
    this.synced = Date.now();
    return { ...standing, why: `${standing.why}: a sync is asked for` };
  }

  /** Whether a sync of another commit has gone on for so long that it is no beginning, and is to be ended. */
  private isToBeEnded({ needs }: { readonly needs: string }, { status }: Application): boolean {
    // What goes on after our own request is that, or came after it.
    if (needs !== "termination" || !this.props.terminates || this.synced !== undefined) return false;
    const startedAt = status?.operationState?.startedAt ?? "";
    if (this.other?.startedAt !== startedAt) this.other = { startedAt, since: Date.now() };
    return Date.now() - this.other.since >= (this.props.beginning ?? 10_000);
  }

  /** Says that Argo CD is down, when it does not begin what it was asked for. */
  private downText(app: Application): string | undefined {
    // The operation that was asked for stays there until it has ended.
    const phase = app.status?.operationState?.phase;
    const isAsked = app.operation !== undefined && app.operation !== null;
    const open = hasOpenRefresh(app) || (isAsked && phase !== "Running" && phase !== "Terminating");
    this.openSince = open ? (this.openSince ?? Date.now()) : undefined;
    const { patience = 20_000 } = this.props;
    if (this.openSince === undefined || Date.now() - this.openSince < patience) return undefined;
    return "its application controller has not begun what it was asked for: is Argo CD down?";
  }

  private byHand(): string {
    const { name, namespace } = this.props.application;
    return `nobody syncs this Application by itself: argocd app sync ${namespace}/${name}, the Sync button, or --sync here`;
  }

  private endIfFailed(standing: Standing): void {
    if (standing.kind === "failed") throw this.failed(standing.why, standing.lines);
    if (standing.kind !== "bad") {
      this.badSince = undefined;
      return;
    }
    this.badSince ??= Date.now();
    if (Date.now() - this.badSince >= (this.props.grace ?? 15_000))
      throw this.failed(standing.why, standing.lines);
  }

  private failed(why: string, lines: readonly string[]): CliError {
    const { application, client } = this.props;
    return new CliError(
      EXIT.FAILED,
      `Application ${application.name}: ${why}`,
      `at ${client.where}`,
      ...lines,
      "go back with: groundplan gitops rollback <environment> <service>",
    );
  }

  private timedOut({ why }: { readonly why: string }): CliError {
    const { application, client, timeout, containment } = this.props;
    return new CliError(
      EXIT.FAILED,
      `Application ${application.name} did not reach ${shortRevision(containment.wanted)} within ${Math.round(timeout / 1000)} s`,
      `at ${client.where}`,
      `seen last: ${why}`,
      "run it again to go on waiting: it ends at once when all is done",
    );
  }

  private tell(why: string): void {
    if (why !== this.said) this.props.onProgress?.(why);
    this.said = why;
  }
}
