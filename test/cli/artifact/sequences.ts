import fc from "fast-check";
import type { Artifact } from "../../../cli/artifact/index-object";
import type { Pin } from "../../../cli/artifact/pin";
import { type FaultInjector, type RequestFault, RequestScheduler } from "./fault-injector";
import type { Break } from "./lambda-terraform";
import {
  type Beside,
  type Command,
  type EnvironmentName,
  environmentOf,
  type Outcome,
  type World,
} from "./world";

const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
/** The first two are published and deployed at the beginning. */
const published = fc.constantFrom("a", "b");
const content = fc.oneof(
  { weight: 4, arbitrary: published },
  { weight: 1, arbitrary: fc.constantFrom("c", "d") },
);
const environment = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<EnvironmentName>("dev", "staging") },
  { weight: 1, arbitrary: fc.constant<EnvironmentName>("prod") },
);
const atOnce = fc.nat(3).map((number) => number === 0);

const PRUNE = fc.record({ kind: fc.constant("prune" as const), keep: fc.integer({ min: 1, max: 2 }) });

const COMMAND: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      content: fc.constantFrom("b", "c", "d"),
      commit: fc.constantFrom("one", "two"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record(
      { kind: fc.constant("deploy" as const), environment, to: content, atOnce },
      { requiredKeys: ["kind", "environment", "atOnce"] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("promote" as const),
      environment: fc.constantFrom<EnvironmentName>("staging", "prod"),
      atOnce,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { kind: fc.constant("rollback" as const), environment, to: content },
      { requiredKeys: ["kind", "environment"] },
    ),
  },
  { weight: 2, arbitrary: PRUNE },
);

const BREAK = fc.record<Break>({
  at: fc.constantFrom("init", "state", "plan", "begin", "middle", "end"),
  how: fc.constantFrom("fails", "is interrupted"),
});
const FAULT = fc.record<RequestFault>({
  at: fc.integer({ min: 1, max: 20 }),
  how: fc.constantFrom("refused", "cut before", "cut after", "expired"),
});

/** One thing at most befalls a command. */
export interface Befalls extends Beside {
  readonly fault?: RequestFault;

  /** An administrator deletes an artifact before its request of a number. */
  readonly removed?: { readonly at: number; readonly content: string };
}

const BEFALLS: fc.Arbitrary<Befalls> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.record({ breaks: BREAK }) },
  { weight: 3, arbitrary: fc.record({ fault: FAULT }) },
  {
    weight: 2,
    arbitrary: fc.record({ removed: fc.record({ at: fc.integer({ min: 1, max: 16 }), content: published }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      meanwhile: fc.constantFrom("an alarm goes on" as const, "it is interrupted" as const),
    }),
  },
);

/** What happens next: a command, two at once, or what is no command. */
export const STEP = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("one" as const), command: COMMAND, befalls: BEFALLS }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("two" as const),
      commands: fc.tuple(COMMAND, COMMAND),
      order: fc.array(fc.nat(1), { minLength: 8, maxLength: 40 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(COMMAND, PRUNE, fc.boolean(), fc.integer({ min: 1, max: 40 }))
      .map(([command, prune, isOuter, at]) => ({
        kind: "within" as const,
        outer: isOuter ? prune : command,
        inner: isOuter ? command : prune,
        at,
      })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), content }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("create" as const), environment }) },
);
export type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

/** What a command that nothing befalls may refuse to do. */
const REFUSALS =
  /its object is gone|is being removed|was removed on|another run removes artifacts|nothing of|no artifact|is pinned to \w+, and (?:only some|runs another|is not deployed)|ran in \w+ before|which ran before|what ran before is not published/;

/** What the later of two commands at once may end with beside these. */
const OVERTAKEN = /another run pinned|does not run|Saved plan is stale/;

/** How often each way to end came, so that it can be seen what sequences have proved. */
export type Tally = Map<string, number>;

/** A sequence of steps in a world, and what has to hold after each of them. */
export class Sequence {
  /** Environments whose last command failed: they may run something else than what is pinned. */
  private readonly unsettled = new Set<EnvironmentName>();

  /** Whether a prune failed: it may have left something taken out. */
  private hasHalfPruned = false;

  constructor(
    private readonly world: World,
    private readonly faultInjector: FaultInjector,
    private readonly tally: Tally = new Map(),
  ) {}

  /** @throws Error that says what does not hold. */
  async run(steps: readonly Step[]): Promise<void> {
    await this.world.begin();
    for (const step of steps) {
      await this.take(step);
      for (const name of touchedBy(step)) {
        await this.checkPin(name);
        if (!this.unsettled.has(name)) await this.checkSettled(name);
      }
    }
    // Whatever happened, the same command again completes it; what was left half removed, a prune.
    if (this.hasHalfPruned) {
      this.world.passTime();
      await this.world.carryOut({ kind: "prune", keep: 3 });
    }
    for (const name of ENVIRONMENTS) await this.complete(name);
  }

  private async take(step: Step): Promise<void> {
    this.world.passTime();
    if (step.kind === "one") return this.one(step.command, step.befalls);
    if (step.kind === "two") return this.two(step.commands, step.order);
    if (step.kind === "within") return this.within(step.outer, step.inner, step.at);
    if (step.kind === "delete") return this.world.remove(step.content);
    return this.world.create(step.environment);
  }

  private async one(command: Command, befalls: Befalls): Promise<void> {
    const name = environmentOf(command);
    const before = name && (await this.world.pinOf(name));
    const needed = command.kind === "prune" ? await this.neededBefore() : [];
    const { removed } = befalls;
    this.faultInjector.begin(befalls.fault);
    this.faultInjector.onRequest = async (number) => {
      if (number !== removed?.at) return;
      this.faultInjector.onRequest = async () => undefined;
      await this.world.remove(removed.content);
    };
    const ended = await this.ended(command, befalls);
    this.faultInjector.begin();
    this.faultInjector.onRequest = async () => undefined;
    if (name) await this.world.calm(name);
    if (this.world.takeAlarm() && !(ended instanceof Error))
      throw new Error(`an alarm of ${name} went on, and the command did not fail`);
    if (name) await this.checkPin(name);
    for (const [what, artifact] of needed)
      if (!this.world.wasRemoved(artifact) && !(await this.world.has(artifact)))
        throw new Error(`a prune removed ${what}`);
    if (command.kind === "prune") await this.checkIndex();
    if (ended instanceof Error) {
      this.judge(ended, befalls);
      if (name) await this.checkPutBack(name, before, befalls, ended);
    }
  }

  /** One command is carried out, whole, before a request of another; what it deploys was chosen before both. */
  private async within(outer: Command, inner: Command, at: number): Promise<void> {
    const chosen = await this.world.chosen(inner);
    let end: Outcome | Error | undefined;
    this.faultInjector.begin();
    this.faultInjector.onRequest = async (number) => {
      if (number !== at) return;
      this.faultInjector.onRequest = async () => undefined;
      end = await this.ended(inner, chosen ? { chosen } : {});
    };
    const ends = [await this.ended(outer, {}), end];
    this.faultInjector.onRequest = async () => undefined;
    for (const one of ends) if (one instanceof Error && !REFUSALS.test(one.message)) throw one;
    await this.checkIndex();
  }

  private async two(commands: readonly [Command, Command], order: readonly number[]): Promise<void> {
    const scheduler = new RequestScheduler(order, commands.length);
    this.faultInjector.scheduler = scheduler;
    const end = (command: Command) => this.ended(command, {}).finally(() => scheduler.leave());
    const ends = await Promise.all(commands.map(end));
    this.faultInjector.scheduler = undefined;
    for (const end of ends) {
      if (end instanceof Error && !REFUSALS.test(end.message) && !OVERTAKEN.test(end.message)) throw end;
    }
    const [first, second] = commands.map(environmentOf);
    if (first === undefined || first !== second || ends.every((end) => end instanceof Error)) return;
    // One at least says that it did it. If that is only one, its artifact is what is pinned and runs.
    this.unsettled.delete(first);
    const winners = ends.filter((end) => !(end instanceof Error)) as Outcome[];
    const pin = await this.world.pinOf(first);
    if (!winners.some(({ artifact }) => artifact?.sha256 === pin?.sha256))
      throw new Error(`${first} is pinned to what no command that succeeded deployed`);
  }

  /** Carries out a command. @returns its error when it failed. */
  private async ended(command: Command, beside: Beside): Promise<Outcome | Error> {
    const count = (how: string) => this.tally.set(how, (this.tally.get(how) ?? 0) + 1);
    try {
      const outcome = await this.world.carryOut(command, beside);
      count(`${command.kind}: ${outcome.deployed?.outcome ?? whatPruned(outcome) ?? "published"}`);
      await this.checkPublished(outcome);
      const name = environmentOf(command);
      if (name) this.unsettled.delete(name);
      return outcome;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      count(`${command.kind}: ${kindOf(error)}`);
      const name = environmentOf(command);
      if (name) this.unsettled.add(name);
      if (command.kind === "prune") this.hasHalfPruned = true;
      return error;
    }
  }

  /** A command fails for a reason only. */
  private judge(error: Error, { breaks, fault, meanwhile }: Befalls): void {
    if (REFUSALS.test(error.message)) return;
    const expected = {
      breaks: /Terraform fails|the state is locked|^interrupted/,
      fault: /may not (?:use|delete)|AccessDenied|not accepted|answered|ExpiredToken/,
      meanwhile: /went back to|^interrupted/,
    };
    if (breaks && expected.breaks.test(error.message)) return;
    if (fault && expected.fault.test(error.message)) return;
    if (meanwhile && expected.meanwhile.test(error.message)) return;
    throw new Error(`a command failed without a reason: ${error.message}`, { cause: error });
  }

  /** Where Terraform changed nothing, the pin is what it was. */
  private async checkPutBack(
    name: EnvironmentName,
    before: Pin | undefined,
    { breaks }: Befalls,
    { message }: Error,
  ): Promise<void> {
    if (
      !breaks ||
      breaks.at === "middle" ||
      breaks.at === "end" ||
      (breaks.at === "begin" && breaks.how !== "fails")
    )
      return;
    const after = await this.world.pinOf(name);
    // It failed on the way from some callers to all, and says so: the pin of the first step is what is put back.
    if (after && after.weight > 0 && message.includes(`still get ${after.sha256.slice(0, 12)}`)) return;
    if (JSON.stringify(after) !== JSON.stringify(before))
      throw new Error(`${name} is pinned anew, and its Terraform failed at ${breaks.at}`);
  }

  private async checkPublished({ artifact, deployed }: Outcome): Promise<void> {
    if (!artifact || deployed) return;
    // What was deleted just after is not the command's fault; an administrator may be at work in this sequence.
    if (!this.world.wasRemoved(artifact) && !(await this.world.has(artifact)))
      throw new Error("a publication says that it was done, and its object is not there");
  }

  /** What a prune may not remove: the newest, what is pinned, and what a rollback would bring. */
  private async neededBefore(): Promise<readonly (readonly [string, Artifact])[]> {
    const all = await this.world.published();
    const newest = all.slice(-1).map((one) => ["the newest artifact", one] as const);
    const pins = await Promise.all(ENVIRONMENTS.map((name) => this.world.pinOf(name)));
    const waysBack = pins.flatMap((pin, at) =>
      all
        .filter(({ sha256 }) => sha256 === pin?.before[0])
        .map((one) => [`what ${ENVIRONMENTS[at]} would go back to`, one] as const),
    );
    const there = await Promise.all([...newest, ...waysBack].map(async ([, one]) => this.world.has(one)));
    return [...newest, ...waysBack].filter((_, at) => there[at]);
  }

  /** Nothing is in the index that a prune deleted. */
  private async checkIndex(): Promise<void> {
    for (const one of await this.world.published())
      if (!this.world.wasRemoved(one) && !(await this.world.has(one)))
        throw new Error("a prune deleted what is in the index");
  }

  /** The property: nothing is pinned that is not there. */
  private async checkPin(name: EnvironmentName): Promise<void> {
    const pin = await this.world.pinOf(name);
    if (pin && !(await this.world.has(pin))) throw new Error(`${name} is pinned to what is gone`);
  }

  /** After a command that did not fail, callers get what is pinned. */
  private async checkSettled(name: EnvironmentName): Promise<void> {
    const [pin, running] = [await this.world.pinOf(name), await this.world.runningIn(name)];
    if (!running || !pin) return;
    const isAll = Object.keys(running.weights).length === 0 && pin.weight === 0;
    if (!isAll || running.sourceCodeHash !== pin.sourceCodeHash)
      throw new Error(`${name} does not run what it is pinned to, and no command said so`);
  }

  private async complete(name: EnvironmentName): Promise<void> {
    const pin = await this.world.pinOf(name);
    if (!pin) return;
    await this.world.complete(name, pin);
    await this.checkSettled(name);
  }
}

/** The property of sequences in worlds of their own. */
export function neverPinnedToNothing(
  makeWorld: () => World,
  faultInjector: FaultInjector,
  tally: Tally = new Map(),
) {
  const steps = fc.array(STEP, { minLength: 3, maxLength: 8 });
  return fc.asyncProperty(steps, (sequence) => new Sequence(makeWorld(), faultInjector, tally).run(sequence));
}

/** Environments that a step may change: a deletion, all of them. */
function touchedBy(step: Step): readonly EnvironmentName[] {
  if (step.kind === "delete" || (step.kind === "one" && step.befalls.removed)) return ENVIRONMENTS;
  const isPrune = ({ kind }: Command) => kind === "prune";
  if (step.kind === "within") return ENVIRONMENTS;
  if (step.kind === "two" ? step.commands.some(isPrune) : step.kind === "one" && isPrune(step.command))
    return ENVIRONMENTS;
  if (step.kind === "create") return [step.environment];
  const commands = step.kind === "one" ? [step.command] : step.commands;
  return commands.flatMap((command) => environmentOf(command) ?? []);
}

function whatPruned({ pruned }: Outcome): string | undefined {
  if (!pruned) return undefined;
  return pruned.versions.length + pruned.artifacts.length > 0 ? "removed" : "nothing is left over";
}

function kindOf({ message }: Error): string {
  const known =
    /^interrupted|its object is gone|went back to|another run (?:pinned|removes)|being removed|was removed|does not run|is stale|the state is locked|Terraform fails|may not use|answered|not accepted/.exec(
      message,
    );
  return known?.[0] ?? "refused";
}
