/** Whether a load balancer sends requests to a target. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-states */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining" | "unused";

/** Address and port that a load balancer leads to. */
export interface Target {
  /** ARN of its target group. */
  readonly group: string;

  /** IPv4 address, or ARN of a function. */
  readonly id: string;
  readonly port: number;
}

/** What load balancers know of the targets; who runs the targets asks, and is told of changes. */
export class TargetHealth {
  private readonly states = new Map<string, TargetState>();
  private readonly listeners: (() => void)[] = [];

  get({ group, id, port }: Target): TargetState | undefined {
    return this.states.get(`${group} ${id}:${port}`);
  }

  set(target: Target, state: TargetState | undefined): void {
    const key = `${target.group} ${target.id}:${target.port}`;
    if (this.states.get(key) === state) return;
    if (state === undefined) this.states.delete(key);
    else this.states.set(key, state);
    for (const listener of this.listeners) listener();
  }

  /** @param listener - called at once when a state has changed. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
}
