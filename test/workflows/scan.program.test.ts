import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { grype, trivy } from "../cli/scan/results";
import { temporaryFolder } from "../temporary-folder";

const SCRIPT = join(__dirname, "../../.github/actions/scan/scan.sh");

/** A `docker` that refuses what a scanner must not get, and writes what it would find. */
const PROGRAMS = join(__dirname, "programs");

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("scan-action");
  mkdirSync(join(folder, "images", "shop", "app"), { recursive: true });
  writeFileSync(join(folder, "images", "shop", "app", "oci-layout"), "{}");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the action's script. */
function scan(variables: Readonly<Record<string, string>>, script = SCRIPT, findings?: object) {
  const { status, stdout, stderr } = spawnSync("bash", [script], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: [PROGRAMS, process.env.PATH].join(delimiter),
      RUNNER_TEMP: join(folder, "temp"),
      AWS_SESSION_TOKEN: "of the job",
      STAND_IN_FINDINGS: JSON.stringify(findings ?? { trivy: trivy([]), grype: grype([]) }),
      STAND_IN_RUNS: join(folder, "runs"),
      FOLDER: "images",
      IMAGE: "",
      RESULTS: "results",
      NAME: "app",
      SBOM: "",
      ...variables,
    },
  });
  return { status, output: `${stdout}${stderr}` };
}

const started = () => (existsSync(join(folder, "runs")) ? readFileSync(join(folder, "runs"), "utf8") : "");

test("an image is looked at by both scanners, and listed where that is asked for", () => {
  expect(scan({ IMAGE: "shop/app", SBOM: "app.cdx.json" })).toEqual({ status: 0, output: "" });
  expect(started()).toBe("trivy shop/app\ngrype shop/app\ntrivy shop/app\n");
  for (const name of ["app.trivy.json", "app.grype.json", "app.cdx.json"])
    expect(existsSync(join(folder, "results", name))).toBe(true);
});

test("a folder is looked at by both", () => {
  expect(scan({ FOLDER: "." })).toEqual({ status: 0, output: "" });
  expect(started()).toBe("trivy .\ngrype .\n");
});

test("one scanner that fails fails the action", () => {
  const { status, output } = scan({}, SCRIPT, { trivy: trivy([]) });
  expect([status, output]).toEqual([125, "docker: grype ends badly\n"]);
});

test.each([
  [{ NAME: "../app" }, "name: use small letters"],
  [{ NAME: "-x" }, "name: use small letters"],
  [{ SBOM: "/etc/passwd" }, "sbom: use small letters"],
  [{ FOLDER: "none" }, "folder: there is none at 'none'"],
  [{ IMAGE: "shop/none" }, "image: no OCI layout at 'shop/none'"],
  [{ IMAGE: "/etc" }, "image: no OCI layout at '/etc'"],
])("refuses %j before a scanner is started", (variables, why) => {
  const { status, output } = scan(variables);
  expect([status, started()]).toEqual([2, ""]);
  expect(output).toContain(`::error::${why}`);
});

test.each([
  [
    "a variable of the job",
    "--env GRYPE_CHECK_FOR_APP_UPDATE=false",
    "--env AWS_SESSION_TOKEN",
    "it passes the variable",
  ],
  ["Docker's socket", "--tmpfs /tmp", "-v /var/run/docker.sock:/var/run/docker.sock", "-v is not isolated"],
  ["what is scanned for writing", "target=/scan,readonly", "target=/scan", "could be written to"],
  ["every capability", "--cap-drop ALL", "--rm", "--cap-drop is missing"],
  ["an image by its tag", /@sha256:[0-9a-f]{64}/g, "", "no image by its digest"],
])("planted: a scanner that gets %s is refused", (_, right, wrong, why) => {
  const text = readFileSync(SCRIPT, "utf8");
  const changed = text.replaceAll(right, wrong);
  expect(changed).not.toBe(text);
  const script = join(folder, "scan.sh");
  writeFileSync(script, changed);
  const { status, output } = scan({}, script);
  expect(status).toBe(125);
  expect(output).toContain(why);
});
