import { join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { readInputFile } from "../../input/file";
import { run } from "../../process/run";
import { WorkFolder } from "../../process/work-folder";
import type { Project } from "../../project/project";
import type { Architecture } from "../function-settings";
import type { Service } from "../service";
import type { Content } from "./content";

/** Name of the program that a custom runtime starts. @see https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html */
const PROGRAM = "bootstrap";

/** Largest program that is taken, in bytes: Lambda takes 250 MB of code. */
const LARGEST = 250_000_000;

/** Lines of the compiler that are shown. */
const SHOWN = 20;

/** Processors in Go's words. */
const GOARCH: Readonly<Record<Architecture, string>> = { arm64: "arm64", x86_64: "amd64" };

/**
 * What of Go's settings would make other bytes, or bytes that Lambda does not run, as they may be set on this machine.
 * @see https://pkg.go.dev/cmd/go#hdr-Environment_variables
 */
const SETTINGS = {
  CGO_ENABLED: "0",
  GOOS: "linux",
  GOFLAGS: "-mod=readonly",
  GOAMD64: "v1",
  GOARM64: "v8.0",
  GOEXPERIMENT: "",
  GOFIPS140: "off",
  GOWORK: "off",
};

/**
 * What goes into the zip of a service in Go: one program, the same bytes in any folder and at any commit, for the
 * versions of `go.mod` and `go.sum`.
 *
 * @throws CliError with what the compiler says.
 */
export async function goContent(
  project: Project,
  service: Service,
  architecture: Architecture,
): Promise<Content> {
  const { name, folder, settings } = service;
  return WorkFolder.during(project, async (work) => {
    const output = work.file(PROGRAM);
    // Paths and commits stay out of it, and so does what only a debugger reads.
    const reproducible = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid="];
    const args = ["build", ...reproducible, "-tags=lambda.norpc", "-o", output, settings.main];
    const ended = await run("go", args, { cwd: folder, env: { ...SETTINGS, GOARCH: GOARCH[architecture] } });
    if (ended.exitCode !== 0) {
      const lines = ended.all.split("\n").filter((line) => line.trim() !== "");
      throw new CliError(EXIT.FAILED, `service ${name} does not build`, ...lines.slice(0, SHOWN));
    }
    const program = readProgram(service, output);
    return { files: { [PROGRAM]: program }, programs: [PROGRAM], warnings: [] };
  });
}

/** The program that was made. @throws CliError when a library was made in its place. */
function readProgram({ name, folder, settings }: Service, output: string): Uint8Array {
  const content = readInputFile(output, { bytes: LARGEST }, "make the program smaller");
  if (content.subarray(0, 4).toString("latin1") === "\x7fELF") return content;
  throw new CliError(
    EXIT.FAILED,
    `service ${name}: ${settings.main} is no program`,
    `at ${join(folder, settings.main)}`,
    'give it package main and a func main, or name another package in groundplan.json: "main": "./cmd/function"',
  );
}
