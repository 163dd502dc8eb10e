import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient } from "@aws-sdk/client-ecs";
import type { Command } from "commander";
import { type Line, line, paint, sayJson, sayLines } from "../../console/output";
import type { Json } from "../../input/json";
import type { Metadata } from "../../preview/metadata";
import { outputsOf } from "../../preview/outputs";
import { PreviewPlatform } from "../../preview/platform";
import { describeService, judgeDeployment } from "../../preview/service";
import { viewOf } from "../../preview/view";
import { interrupted } from "../../process/interrupts";
import { colored, ends } from "./list";
import { examples, previewOf, storeHere, type WantedFlags, withBranch } from "./options";

interface Flags extends WantedFlags {
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Time between two looks with `--watch`, in milliseconds. */
const LOOK = 3_000;

/** Changes that are shown. */
const MOST = 10;

/** Adds `groundplan preview status`. */
export function addStatus(preview: Command): void {
  withBranch(
    preview
      .command("status")
      .argument("[name]", "preview to look at")
      .summary("show how a preview stands, and its history")
      .description(
        "Shows the state of a preview, what ECS says of its service, who acts on it, and what became of it until now.",
      ),
  )
    .option("-w, --watch", "show it anew whenever it changes, until no run acts on it")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("status payment-api", "status payment-api --watch"))
    .action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  const platform = PreviewPlatform.find();
  const store = storeHere(platform);
  const { region } = platform.bucket;
  let metadata = await previewOf(store, name, flags);
  let shown = "";
  for (;;) {
    const service = await serviceOf(metadata, region);
    const lines = linesOf(metadata, service);
    const text = lines.map(String).join("\n");
    if (flags.json)
      return sayJson({
        format: "groundplan.preview.status",
        version: 1,
        ...viewOf(metadata),
        history: metadata.history,
        ...(service ? { service } : {}),
      });
    if (text !== shown) sayLines(shown === "" ? lines : [line``, ...lines]);
    shown = text;
    if (!flags.watch || metadata.run === undefined || interrupted.aborted) return;
    await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
    const next = await store.find(metadata.name);
    if (!next || next.status === "gone")
      return sayLines([line`${paint.good("Gone")}: preview ${metadata.name}`]);
    metadata = next;
  }
}

interface ServiceView {
  readonly desired: number;
  readonly running: number;
  readonly verdict: string;
}

async function serviceOf({ outputs, name }: Metadata, region: string): Promise<ServiceView | undefined> {
  if (!outputs) return undefined;
  const { cluster, service, task_definition: wanted } = outputsOf(outputs as Json, name);
  if (service === undefined || wanted === undefined) return undefined;
  const found = await describeService(new ECSClient({ region }), { cluster, service, region });
  const verdict = judgeDeployment(found, wanted);
  const said =
    verdict.kind === "runs"
      ? "runs what was asked for"
      : verdict.kind === "failed"
        ? verdict.why
        : verdict.said;
  return { desired: found?.desiredCount ?? 0, running: found?.runningCount ?? 0, verdict: said };
}

function linesOf(metadata: Metadata, service: ServiceView | undefined): readonly Line[] {
  const { name, status, template, owner, branch, repository, image, endpoint, run, failure, history } =
    metadata;
  const of =
    branch === undefined
      ? []
      : [line`  branch    ${branch}${repository === undefined ? "" : ` of ${repository}`}`];
  return [
    line`${paint.strong(name)}: ${colored(status)}, ${ends(metadata)}`,
    line`  template  ${template}, of ${owner}`,
    ...of,
    ...(image === undefined ? [] : [line`  image     ${image}`]),
    ...(endpoint === undefined ? [] : [line`  address   ${endpoint}`]),
    ...(service === undefined
      ? []
      : [line`  service   ${service.running} of ${service.desired} tasks run: ${service.verdict}`]),
    ...(run === undefined
      ? []
      : [line`  held by   ${run.work} since ${run.startedAt}${run.url === undefined ? "" : `, ${run.url}`}`]),
    ...(failure === undefined
      ? []
      : failure
          .split("\n")
          .map((text, index) => line`  ${index === 0 ? paint.bad("failed") : "      "}    ${text.trim()}`)),
    ...history
      .slice(-MOST)
      .map(
        ({ at, to, by, reason }) =>
          line`  ${paint.faint(at)}  ${to} by ${by}${reason === undefined ? "" : `: ${reason.split("\n")[0] ?? ""}`}`,
      ),
  ];
}
