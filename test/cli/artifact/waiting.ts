import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { succeeded } from "../../stacks/cdktf-project";
import type { Flow } from "./flow";

/** A synthesized API stack with what is merged and not yet applied: of the function, its alarms, and what it stands on. */
export function waiting(text: string): string {
  const changes = [
    [/"retention_in_days": \d+/, '"retention_in_days": 60'],
    [/"memory_size": \d+/, '"memory_size": 512'],
    [/("ARTIFACT_SHA256": "[^"]*")/, '$1, "LATER": "1"'],
    [/"Platform": "groundplan"/g, '"Platform": "later"'],
    [/"description": "What callers use"/, '"description": "What callers will use"'],
    [/"threshold": \d+/g, '"threshold": 77'],
  ] as const;
  return changes.reduce((last, [from, to]) => {
    const next = last.replace(from, to);
    if (next === last) throw new Error(`the stack has no ${from}`);
    return next;
  }, text);
}

/** Changes a function as somebody does at the console. @returns what takes it back. */
export async function changeByHand(flow: Flow, name: string): Promise<() => Promise<void>> {
  const { AWS_ENDPOINT_URL: endpoint = "" } = flow.emulator.environment;
  const credentials = { accessKeyId: "123456789012", secretAccessKey: "any" };
  const lambda = new LambdaClient({ endpoint, region: "us-east-1", credentials });
  const FunctionName = name;
  const of = async () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { Timeout, Environment } = await of();
  const set = async (timeout: number | undefined, more: Readonly<Record<string, string>>) => {
    const { BY_HAND: _, ...Variables } = (await of()).Environment?.Variables ?? Environment?.Variables ?? {};
    const changed = { Timeout: timeout, Environment: { Variables: { ...Variables, ...more } } };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...changed }));
  };
  await set(29, { BY_HAND: "1" });
  return () => set(Timeout, {});
}

/** What a plan of a whole stack would do: address, and the attributes that differ. */
export async function planned(flow: Flow, stack: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const file = `${flow.project.temporary}/full.plan`;
  succeeded(await flow.project.terraform(stack, "plan", "-input=false", `-out=${file}`));
  const { stdout } = await flow.project.terraform(stack, "show", "-json", file);
  const { resource_changes: all } = JSON.parse(stdout) as { resource_changes: readonly Change[] };
  const changed = all.filter(({ change }) => change.actions.some((one) => one !== "no-op" && one !== "read"));
  return new Map(changed.map(({ address, change }) => [address, differing(change)]));
}

interface Change {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
}

function differing({ before, after }: Change["change"]): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  // What only the apply knows is not in `after`.
  return [...names].filter(
    (name) => after && name in after && JSON.stringify(before?.[name]) !== JSON.stringify(after[name]),
  );
}
