import type { Groups } from "../../../../services/runner-core/src/ports";
import type { ModelEc2 } from "./aws";
import type { ModelGitHub } from "./github";

interface Member {
  readonly id: string;
  isEnding: boolean;
  isProtected: boolean;
}

interface ModelGroup {
  readonly name: string;
  readonly pool: string;
  readonly min: number;
  readonly max: number;
  desired: number;
  members: Member[];
}

/** EC2 Auto Scaling in memory: groups that start, replace and end instances, which wait at the hook before they do. */
export class ModelGroups {
  readonly all: ModelGroup[] = [];

  constructor(
    private readonly ec2: ModelEc2,
    private readonly github: ModelGitHub,
  ) {}

  add(name: string, pool: string, limits: { readonly min: number; readonly max: number }): void {
    this.all.push({ name, pool, ...limits, desired: limits.min, members: [] });
  }

  /** What the service does by itself: drops what is gone, starts what is missing, ends what is too many. */
  work(): void {
    for (const group of this.all) {
      group.members = group.members.filter(({ id }) => this.isRunning(id));
      const staying = group.members.filter(({ isEnding }) => !isEnding);
      for (let count = staying.length; count < group.desired; count++) {
        const id = this.ec2.startStanding(group.pool);
        group.members.push({ id, isEnding: false, isProtected: true });
      }
      for (const member of staying
        .filter(({ isProtected }) => !isProtected)
        .slice(0, staying.length - group.desired)) {
        member.isEnding = true;
      }
    }
  }

  /** An instance registers by what it may read, or is there already. */
  boot(): void {
    for (const instance of this.ec2.running) {
      const text = this.ec2.readOwn(instance.id);
      if (text === undefined || instance.booted) continue;
      const { name, labels } = JSON.parse(text) as { name: string; labels: string };
      instance.booted = this.github.register(name, labels.split(","));
    }
  }

  /** The group ends an instance whether it is busy or not, as at the end of its life. */
  replace(id: string): void {
    for (const { members } of this.all)
      for (const member of members) if (member.id === id) member.isEnding = true;
  }

  client(call: <T>(effect: () => T) => Promise<T>): Groups {
    const group = (name: string) => {
      const found = this.all.find((one) => one.name === name);
      if (!found) throw new Error("ValidationError: AutoScalingGroup name not found");
      return found;
    };
    const member = (id: string) => this.all.flatMap(({ members }) => members).find((one) => one.id === id);
    return {
      group: (name) =>
        call(() => {
          const found = this.all.find((one) => one.name === name);
          return (
            found && {
              ...found,
              members: found.members.map((one) => ({
                ...one,
                isInService: !one.isEnding,
                // Past the hook it is listed until the group has looked.
                isAtHook: one.isEnding && this.isRunning(one.id),
              })),
            }
          );
        }),
      resize: (name, desired) =>
        call(() => {
          const found = group(name);
          if (desired < found.min || desired > found.max) throw new Error("ValidationError: out of limits");
          found.desired = desired;
        }),
      protect: (name, ids, isProtected) =>
        call(() => {
          for (const one of group(name).members) if (ids.includes(one.id)) one.isProtected = isProtected;
        }),
      wait: (_, id) =>
        call(() => {
          if (!member(id)?.isEnding) throw new Error("ValidationError: No active Lifecycle Action found");
        }),
      letGo: (_, id) =>
        call(() => {
          if (!member(id)?.isEnding || !this.isRunning(id))
            throw new Error("ValidationError: No active Lifecycle Action found");
          this.ec2.terminateOne(id);
        }),
      shrink: (id) =>
        call(() => {
          const one = member(id);
          const its = this.all.find(({ members }) => members.some((other) => other.id === id));
          if (!one || !its || its.desired <= its.min) throw new Error("ValidationError");
          its.desired--;
          one.isEnding = true;
        }),
    };
  }

  private isRunning(id: string): boolean {
    return this.ec2.running.some((one) => one.id === id);
  }
}
