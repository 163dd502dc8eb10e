import { join } from "node:path";
import { kubernetesVersion, toolPath } from "../../local/cluster/tools";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { type Run, type RunProps, runProgram } from "../program";
import { type Manifest, parse } from "./manifest";

export const ROOT = join(__dirname, "..", "..");

export const OVERLAYS = join(ROOT, "overlays");

/** The chart's folder. */
export const CHART = join(ROOT, "charts", "app");

/** The environments that have manifests. */
export const ENVIRONMENTS: readonly string[] = environments.map(({ name }) => name);

/** Runs a tool that works on files alone; it may fail. */
export function tool(
  name: "helm" | "kustomize" | "kubeconform",
  args: readonly string[],
  props?: RunProps,
): Promise<Run> {
  return runProgram(toolPath(name), args, props);
}

/** What `kustomize build` makes of an overlay, in the repository or in a copy of its folder. */
export function overlayYaml(environment: string, overlays = OVERLAYS): Promise<string> {
  return succeed(tool("kustomize", ["build", join(overlays, environment)]));
}

export async function overlay(environment: string, overlays?: string): Promise<readonly Manifest[]> {
  return parse(await overlayYaml(environment, overlays));
}

/** The same without what other apps than the chart's bring. */
export async function appOverlay(environment: string): Promise<readonly Manifest[]> {
  const all = await overlay(environment);
  return all.filter(({ metadata: { labels } }) => (labels?.["app.kubernetes.io/name"] ?? "app") === "app");
}

/** How the chart is rendered. */
export interface ChartProps {
  /** Reads `values-<environment>.yaml`. */
  readonly environment?: string;

  /** Name of the release. @default - the environment, or `demo` */
  readonly release?: string;

  /** @default - the environment's */
  readonly namespace?: string;

  /** Values beside those, as in a values file. */
  readonly values?: object;
}

/** Runs `helm template`; it may fail. */
export function template({ environment, release, namespace, values = {} }: ChartProps): Promise<Run> {
  const files = environment === undefined ? [] : ["--values", join(CHART, `values-${environment}.yaml`)];
  const name = release ?? environment ?? "demo";
  const into = namespace ?? `${platform.name}-${environment ?? "demo"}`;
  const flags = [`--namespace=${into}`, `--kube-version=${kubernetesVersion()}`];
  return tool("helm", ["template", name, CHART, ...flags, ...files, "--values=-"], {
    input: JSON.stringify(values),
  });
}

export function chartYaml(props: ChartProps = {}): Promise<string> {
  return succeed(template(props));
}

export async function chart(props: ChartProps = {}): Promise<readonly Manifest[]> {
  return parse(await chartYaml(props));
}

/** What a run printed. @throws what it said when it failed. */
export async function succeed(run: Promise<Run>): Promise<string> {
  const { code, stdout, output } = await run;
  if (code !== 0) throw new Error(output);
  return stdout;
}
