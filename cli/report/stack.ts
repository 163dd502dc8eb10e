import type { PlanJson, ResourceChangeJson } from "../plan/plan-json";
import type { PlannedStack } from "../plan/result";
import { Secrets } from "../plan/secrets";
import { type Change, changeOf, type Detail, type Mask, outputOf } from "./change";
import type { Counts, StackReport } from "./model";
import { notesOf } from "./notes";
import { type ReportPricing, stackPrice } from "./price";
import type { Level } from "./risks/risk";
import { byLevel, risksOf } from "./risks/rules";
import { surroundingsOf } from "./risks/surroundings";

const DANGER: Readonly<Record<Level, number>> = { high: 1000, medium: 30, low: 1 };

/** Reads a stack's plan: what changes, what has drifted, what a reviewer has to decide about. */
export function stackReport(
  planned: PlannedStack,
  plan: PlanJson | undefined,
  around = surroundingsOf(plan),
  detail: Detail = "brief",
  pricing?: ReportPricing,
): StackReport {
  const secrets = new Secrets().addPlan(plan ?? {});
  const mask = (text: string) => secrets.scrub(text);
  const resources = (plan?.resource_changes ?? []).flatMap((json) => {
    const change = changeOf(json, mask, detail);
    return change ? [{ change, risks: risksOf(change, json, around) }] : [];
  });
  const outputs = Object.entries(plan?.output_changes ?? {}).flatMap(
    ([name, json]) => outputOf(name, json, mask, detail) ?? [],
  );
  const ordered = [...resources].sort((a, b) => dangerOf(b.risks) - dangerOf(a.risks));
  const drift = (plan?.resource_drift ?? []).flatMap((json) => driftOf(json, mask, detail) ?? []);
  const price = plan && pricing && stackPrice(plan, pricing);
  const { name, environment, unit, dependencies, status, deferred, error, affected, files } = planned;
  return {
    name,
    ...(environment === undefined ? {} : { environment }),
    unit,
    dependencies,
    status,
    counts: countsOf(
      ordered.map(({ change }) => change),
      outputs.length,
      drift.length,
    ),
    changes: [...ordered.map(({ change }) => change), ...outputs],
    drift,
    risks: ordered
      .flatMap(({ risks }) => risks.map((risk) => ({ ...risk, message: mask(risk.message) })))
      .sort(byLevel),
    notes: notesOf(plan, mask),
    ...(deferred ? { deferred } : {}),
    ...(error ? { error: { ...error, message: mask(error.message) } } : {}),
    ...(price ? { price } : {}),
    ...(affected ? { affected: { change: affected.change, reasons: affected.reasons.map(mask) } } : {}),
    files,
  };
}

/** A resource that differs from the state: not one that has only moved, nor one that differs in nothing. */
function driftOf(json: ResourceChangeJson, mask: Mask, detail: Detail): Change | undefined {
  const change = changeOf(json, mask, detail);
  if (!change || change.action === "none") return undefined;
  return change.action === "update" && change.lines.length === 0 ? undefined : change;
}

function countsOf(changes: readonly Change[], outputs: number, drift: number): Counts {
  const count = (is: (change: Change) => boolean) => changes.filter(is).length;
  return {
    create: count(({ action }) => action === "create"),
    update: count(({ action }) => action === "update"),
    replace: count(({ action }) => action === "replace"),
    delete: count(({ action }) => action === "delete"),
    forget: count(({ action }) => action === "forget"),
    unknown: count(({ action }) => action === "unknown"),
    import: count(({ importedAs }) => importedAs !== undefined),
    move: count(({ movedFrom }) => movedFrom !== undefined),
    drift,
    outputs,
  };
}

/** How dangerous some risks are together. */
export function dangerOf(risks: readonly { readonly level: Level }[]): number {
  return risks.reduce((sum, { level }) => sum + DANGER[level], 0);
}
