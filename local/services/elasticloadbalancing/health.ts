import { request } from "node:http";
import { InwardAgent } from "../../hosts/inward";
import type { Target, TargetHealth, TargetState } from "../../hosts/target-health";
import { isSuccess } from "./actions";
import type { TargetGroup } from "./snapshot";

/** Milliseconds between checks of a target that has not answered yet. On AWS it is the interval. */
const EAGER = 500;

interface Watched {
  readonly target: Target;
  check: TargetGroup["check"];
  state: TargetState;

  /** Checks of the other kind, one after the other. */
  against: number;
  readonly since: number;
  timer: NodeJS.Timeout | undefined;
}

/** What one more check comes to. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export function stateAfter(
  state: TargetState,
  against: number,
  isHealthy: boolean,
  check: Pick<TargetGroup["check"], "healthyAfter" | "unhealthyAfter">,
): { readonly state: TargetState; readonly against: number } {
  // What has just been registered needs one success.
  if (state === "initial" && isHealthy) return { state: "healthy", against: 0 };
  if (isHealthy === (state === "healthy")) return { state, against: 0 };
  const limit = isHealthy ? check.healthyAfter : check.unhealthyAfter;
  const counted = against + 1;
  if (counted < limit) return { state, against: counted };
  return { state: isHealthy ? "healthy" : "unhealthy", against: 0 };
}

/** Checks the targets of all groups, each at its group's interval. */
export class HealthChecks {
  private readonly watched = new Map<string, Watched>();
  private readonly agent: InwardAgent;

  constructor(
    socket: string,
    private readonly health: TargetHealth,
  ) {
    this.agent = new InwardAgent(socket);
  }

  /** Checks exactly the targets of these groups from now on. */
  watch(groups: readonly TargetGroup[]): void {
    const wanted = new Map<string, { target: Target; group: TargetGroup }>();
    for (const group of groups) {
      for (const { id, port } of group.targets) {
        const target = { group: group.arn, id, port: group.type === "lambda" ? 0 : port };
        wanted.set(`${group.arn} ${id}:${target.port}`, { target, group });
      }
    }
    for (const [key, one] of this.watched) if (!wanted.has(key)) this.forget(key, one);
    for (const [key, { target, group }] of wanted) {
      const known = this.watched.get(key);
      if (known) known.check = group.check;
      else this.begin(key, target, group);
    }
  }

  stop(): void {
    for (const [key, one] of this.watched) this.forget(key, one);
  }

  private begin(key: string, target: Target, { type, check }: TargetGroup): void {
    // Functions are not checked unless asked; they answer whenever they are called. Instances do not run here.
    const state = type === "lambda" || !check.isEnabled ? "healthy" : type === "ip" ? "initial" : "unhealthy";
    const one: Watched = { target, check, state, against: 0, since: Date.now(), timer: undefined };
    this.watched.set(key, one);
    this.health.set(target, state);
    if (type === "ip" && check.isEnabled) void this.check(one);
  }

  private forget(key: string, one: Watched): void {
    clearTimeout(one.timer);
    this.watched.delete(key);
    this.health.set(one.target, undefined);
  }

  private async check(one: Watched): Promise<void> {
    const key = `${one.target.group} ${one.target.id}:${one.target.port}`;
    const isHealthy = await this.ask(one);
    if (this.watched.get(key) !== one) return;
    // A target that is being started is asked often, and its failures count at the interval's pace.
    const isStarting =
      one.state === "initial" && Date.now() - one.since < one.check.interval * one.check.unhealthyAfter;
    if (isHealthy || !isStarting) {
      const { state, against } = stateAfter(
        one.state,
        one.state === "initial" ? one.check.unhealthyAfter : one.against,
        isHealthy,
        one.check,
      );
      one.state = state;
      one.against = against;
      this.health.set(one.target, state);
    }
    const pause = one.state === "initial" ? Math.min(EAGER, one.check.interval) : one.check.interval;
    one.timer = setTimeout(() => void this.check(one), pause);
  }

  private ask({ target, check }: Watched): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = request(
        {
          agent: this.agent,
          host: target.id,
          port: check.port ?? target.port,
          path: check.path,
          timeout: check.timeout,
          headers: {
            host: `${target.id}:${target.port}`,
            "user-agent": "ELB-HealthChecker/2.0",
            connection: "close",
          },
        },
        (response) => {
          response.resume();
          resolve(isSuccess(check.matcher, response.statusCode ?? 0));
        },
      );
      asked.once("timeout", () => asked.destroy());
      asked.once("error", () => resolve(false));
      asked.end();
    });
  }
}
