import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../program";
import { temporaryFolder } from "../temporary-folder";
import { changed, only } from "./manifest";
import { chartYaml, ENVIRONMENTS, overlay, overlayYaml } from "./render";

const ROOT = join(__dirname, "..", "..");

/** Checks that fail on purpose, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  CKV_K8S_15: "an image whose tag is never moved need not be pulled again at each start",
  CKV_K8S_40: "1000 is the id that the images are built for",
  CKV_K8S_43: "`kustomize edit set image` takes a tag or a digest; the placeholder has a tag",
};

let folder: string;
let findings: readonly Finding[];

/** One failed check of one file. */
interface Finding {
  readonly check: string;
  readonly file: string;
}

// One run for all files: most of its time is its own start.
beforeAll(async () => {
  folder = temporaryFolder("checkov");
  for (const environment of ENVIRONMENTS) {
    writeFileSync(join(folder, `${environment}.yaml`), asDeployment(await overlayYaml(environment)));
  }
  writeFileSync(join(folder, "chart.yaml"), await chartYaml());
  const security = "spec.template.spec.containers.0.securityContext";
  const planted = changed(only(await overlay("dev"), "Deployment"), security, { privileged: true });
  writeFileSync(join(folder, "planted.json"), JSON.stringify(planted));
  findings = await scan(folder);
});

/** Checkov knows no Rollout: its pods are judged as a Deployment's. */
function asDeployment(yaml: string): string {
  return yaml.replace(
    "apiVersion: argoproj.io/v1alpha1\nkind: Rollout",
    "apiVersion: apps/v1\nkind: Deployment",
  );
}

async function scan(directory: string): Promise<readonly Finding[]> {
  const memory = join(ROOT, ".groundplan", "checkov.json");
  if (!existsSync(memory)) {
    throw new Error("checkov is not installed\n  install it: node tools/setup.mjs --tests");
  }
  const { python } = JSON.parse(readFileSync(memory, "utf8"));
  const flags = ["--framework=kubernetes", "--output=json", "--quiet", "--skip-download"];
  const args = ["-m", "checkov.main", ...flags, `--directory=${directory}`];
  const { stdout, output } = await runProgram(python, args);
  if (!stdout.trim().startsWith("{")) throw new Error(`checkov gave no report\n${output}`);
  const { results, summary } = JSON.parse(stdout);
  expect(summary).toMatchObject({ parsing_errors: 0 });
  return results.failed_checks.map((each: Readonly<Record<string, string>>) => ({
    check: each.check_id,
    file: each.file_path?.replace("/", ""),
  }));
}

const failedIn = (name: string) => findings.filter(({ file }) => file === name).map(({ check }) => check);

test.each([...ENVIRONMENTS, "chart"])("checkov finds nothing in %s but the exceptions", (name) => {
  expect(failedIn(`${name}.yaml`).sort()).toEqual(Object.keys(EXCEPTIONS));
});

test("planted: a privileged container that keeps its capabilities is found", () => {
  expect(failedIn("planted.json")).toEqual(expect.arrayContaining(["CKV_K8S_16", "CKV_K8S_37"]));
});
