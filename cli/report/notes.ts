import type { ActionInvocationJson, CheckJson, PlanJson } from "../plan/plan-json";
import type { Mask } from "./change";

/** What a note is about. */
export const NOTE_KINDS = ["action", "check", "deferred", "incomplete", "unknown", "warning"] as const;

/** Something that a plan says beside its changes, in a sentence without secrets. */
export interface Note {
  readonly kind: (typeof NOTE_KINDS)[number];
  readonly text: string;
}

/** What a plan says beside what happens to resources and outputs; nothing of it is ever left out. */
export function notesOf(plan: PlanJson | undefined, mask: Mask): readonly Note[] {
  if (!plan) return [];
  const deferred = [
    ...(plan.deferred_changes ?? []).map(
      ({ reason, resource_change: { address, change } }) =>
        `${address}: ${change.actions.join(", ")} is deferred${because(reason)}`,
    ),
    ...(plan.deferred_action_invocations ?? []).map(
      ({ reason, action_invocation }) => `${action_invocation.address} is deferred${because(reason)}`,
    ),
  ];
  const notes = [
    ...(plan.action_invocations ?? []).map((one): Note => ({ kind: "action", text: invocation(one) })),
    ...(plan.checks ?? []).flatMap(checkTexts).map((text): Note => ({ kind: "check", text })),
    ...deferred.map((text): Note => ({ kind: "deferred", text })),
    ...incompleteTexts(plan, deferred.length > 0).map((text): Note => ({ kind: "incomplete", text })),
    ...(plan.unknown_parts ?? []).map(
      (name): Note => ({
        kind: "unknown",
        text: `the plan has ${name}, which this version of Groundplan does not know`,
      }),
    ),
    ...(plan.warnings ?? []).map((text): Note => ({ kind: "warning", text })),
  ];
  return notes.map(({ kind, text }) => ({ kind, text: mask(text) }));
}

function invocation({ address, lifecycle_action_trigger: trigger }: ActionInvocationJson): string {
  const by = trigger?.triggering_resource_address;
  if (by === undefined) return `${address} will be invoked`;
  // E.g. AfterCreate.
  const event = (trigger?.action_trigger_event ?? "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return `${address} will be invoked ${event === "" ? "by" : `${event} of`} ${by}`;
}

const ENDED: Readonly<Record<string, string>> = {
  fail: "failed",
  error: "could not be evaluated",
  unknown: "is known only after the apply",
};

function checkTexts({ address, status, instances = [] }: CheckJson): readonly string[] {
  const open = instances.filter((instance) => instance.status !== "pass");
  const all = open.length > 0 ? open : [{ address, status }];
  return all.map((one) => {
    const name = one.address?.to_display ?? address.to_display ?? "a check";
    const problems = ("problems" in one ? (one.problems ?? []) : []).map(({ message }) => message);
    return `${name} ${ENDED[one.status] ?? one.status}${problems.length > 0 ? `: ${problems.join("; ")}` : ""}`;
  });
}

function incompleteTexts({ complete, errored }: PlanJson, isDeferred: boolean): readonly string[] {
  if (errored) return ["Terraform ended with an error: the plan is partial"];
  if (complete !== false || isDeferred) return [];
  return ["not everything was planned, e.g. by -target: plan again after the apply"];
}

/** E.g. `instance_count_unknown`. */
function because(reason: string | undefined): string {
  return reason ? `: ${reason.replaceAll("_", " ")}` : "";
}
