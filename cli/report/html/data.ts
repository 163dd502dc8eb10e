import { withEscapes } from "../../console/visible";
import { inOrder } from "../../project/environment";
import type { Change } from "../change";
import type { DiffLine } from "../diff";
import type { Report, StackReport } from "../model";
import { priceSummary, unknownWords } from "../price";
import { mergedNotes, plannedWords } from "../sections";
import { changeWords, totalWords } from "../table";
import type {
  PageChange,
  PageData,
  PageLine,
  PageNote,
  PageRisk,
  PageStack,
  Tone,
} from "./browser/page-data";
import { layoutOf } from "./layout";

/** An address that is safe as a link. */
const RUN_URL = /^https:\/\/[\w.:/-]{1,200}$/;

/** What the page of a report shows. Invisible characters of names and values are written as `\u….`. */
export function pageData(report: Report, runUrl?: string): PageData {
  const { app, verdict, failure, stacks, promotion } = report;
  return escaped({
    title: app === "." ? "Plan" : `Plan ${app}`,
    verdict,
    total: verdict.kind === "unchanged" || stacks.length === 0 ? "" : totalWords(stacks),
    facts: factsOf(report),
    ...(runUrl && RUN_URL.test(runUrl) ? { runUrl } : {}),
    ...(failure ? { failure: failure.message } : {}),
    environments: inOrder([...new Set(stacks.map(({ environment }) => environment ?? ""))].sort(), promotion),
    stacks: stacks.map(stackOf),
    changes: stacks.flatMap(changesOf),
    notes: notesOf(report),
    graph: layoutOf(stacks),
  });
}

function factsOf(report: Report): readonly string[] {
  const { commit, modified, scope } = report;
  return [
    ...(commit ? [`commit ${commit.slice(0, 12)}${modified ? " with uncommitted changes" : ""}`] : []),
    plannedWords(report),
    ...priceFacts(report),
    ...(scope.kind === "affected" ? [`compared with ${scope.base}`] : []),
    ...(scope.kind === "affected" && scope.everything ? [`everything was planned: ${scope.everything}`] : []),
  ];
}

function priceFacts(report: Report): readonly string[] {
  const summary = priceSummary(report);
  if (!summary) return [];
  const { total, environments, above } = summary;
  const { count } = unknownWords(summary);
  const parts = environments.length > 0 ? ` (${environments.join(", ")})` : "";
  return [
    `price ${total}${parts}`,
    ...(above === undefined ? [] : [`above the threshold of ${above}`]),
    ...(count > 0 ? [`${count} without a price`] : []),
  ];
}

function stackOf(stack: StackReport): PageStack {
  const { name, environment = "", status, deferred, error, affected } = stack;
  const words = changeWords(stack);
  return {
    name,
    environment,
    status,
    words: words === "·" ? "" : words,
    tone: toneOf(stack),
    reasons: [
      ...(deferred ? [deferred.message] : []),
      ...(affected ? [`${affected.change}: ${affected.reasons.join("; ")}`] : []),
    ],
    ...(error ? { error: error.message } : {}),
  };
}

function toneOf({ status, counts, changes, drift }: StackReport): Tone {
  if (status === "failed") return "failed";
  if (status === "deferred" || status === "interrupted") return "waits";
  if (counts.delete + counts.replace > 0 || changes.some(({ deletes }) => deletes)) return "delete";
  if (counts.update + counts.forget + counts.unknown > 0) return "update";
  if (changes.length > 0) return "create";
  return drift.length > 0 ? "drift" : "none";
}

function changesOf(stack: StackReport, at: number): readonly PageChange[] {
  const risks = new Map<string, PageRisk[]>();
  for (const { address, level, rule, message } of stack.risks)
    risks.set(address, [...(risks.get(address) ?? []), { level, rule, message }]);
  const current = new Set(stack.changes.flatMap((change) => (change.deposed ? [] : [change.address])));
  // The risk of a deposed object is not that of the current one beside it.
  const risksOf = ({ address, deposed }: Change) => {
    const all = risks.get(address);
    if (!current.has(address)) return all;
    const own = all?.filter(({ message }) =>
      deposed ? message.startsWith(`deposed object ${deposed} `) : !message.startsWith("deposed object "),
    );
    return own?.length ? own : undefined;
  };
  return [
    ...stack.changes.map((change) => pageChange(change, at, risksOf(change))),
    ...stack.drift.map((change) => pageChange(change, at, undefined, true)),
  ];
}

function pageChange(
  change: Change,
  stack: number,
  risks: readonly PageRisk[] | undefined,
  isDrift = false,
): PageChange {
  const { address, type, action, deposed, forcedBy, movedFrom, importedAs, reason, unknownActions } = change;
  const also = [
    ...(isDrift ? ["drift"] : []),
    ...(type === "" ? ["output"] : []),
    ...(importedAs === undefined ? [] : ["import"]),
    ...(movedFrom === undefined ? [] : ["move"]),
  ];
  const says = [
    ...(deposed === undefined ? [] : [`deposed object ${deposed}`]),
    ...(isDrift ? ["differs from the state, outside of Terraform"] : []),
    ...(forcedBy.length > 0 ? [`replacement forced by ${forcedBy.join(", ")}`] : []),
    ...(movedFrom === undefined ? [] : [`moved from ${movedFrom}`]),
    ...(importedAs === undefined ? [] : [`imported${importedAs ? ` from ${importedAs}` : ""}`]),
    ...(reason ? [reason] : []),
    ...(unknownActions.length > 0 ? [`not known to this version: ${unknownActions.join(", ")}`] : []),
    ...(change.more > 0 ? [`${change.more} lines more are in the plan`] : []),
  ];
  const part = isDrift ? "drift" : deposed;
  return {
    stack,
    address,
    action,
    ...(part === undefined ? {} : { part }),
    ...(also.length > 0 ? { also } : {}),
    ...(says.length > 0 ? { says } : {}),
    ...(risks ? { risks } : {}),
    lines: change.lines.map((line) => lineOf(line, forcedBy)),
  };
}

function lineOf({ sign, path, value, isText }: DiffLine, forcedBy: readonly string[]): PageLine {
  if (isText) return [sign, path, value, "text"];
  const forces = forcedBy.some(
    (one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`),
  );
  return forces ? [sign, path, value, "forces"] : [sign, path, value];
}

function notesOf(report: Report): readonly PageNote[] {
  return [
    ...mergedNotes(report),
    ...report.removed.map(({ name, resources }) => ({
      text: `gone from the code: what it made stays (${resources.length} ${resources.length === 1 ? "resource" : "resources"}), no longer managed`,
      stacks: [name],
    })),
  ];
}

/** The same with nothing invisible in any text, the keys apart: they are ours. */
function escaped<T>(value: T): T {
  if (typeof value === "string") return withEscapes(value) as T;
  if (Array.isArray(value)) return value.map(escaped) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escaped(each)])) as T;
}
