import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { buildArtifact } from "../../../../cli/artifact/lambda/build";
import { checkArtifact } from "../../../../cli/artifact/lambda/check";
import { machineOf } from "../../../../cli/artifact/lambda/machine";
import { callCustomRuntime } from "../../../../cli/artifact/lambda/runtime-api";
import { serviceNamed } from "../../../../cli/artifact/service";
import { temporaryFolder } from "../../../temporary-folder";

/** Its whole library of Lambda: the Runtime API is HTTP. */
const MAIN = `package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"
	for {
		next, err := http.Get(api + "invocation/next")
		if err != nil {
			os.Exit(1)
		}
		event, _ := io.ReadAll(next.Body)
		verb := "/response"
		if bytes.Contains(event, []byte("fails")) {
			verb, event = "/error", []byte(\`{"errorType":"Wrong","errorMessage":"it fails"}\`)
		}
		println("called")
		http.Post(api+"invocation/"+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+verb, "application/json", bytes.NewReader(event))
	}
}
`;

let root: string;

/** Go comes with the machines of CI, and not with every other. */
const withGo = spawnSync("go", ["version"]).status === 0 || process.env.CI === "true" ? test : test.skip;

beforeEach(() => {
  root = temporaryFolder("go");
});

afterEach(() => rmSync(root, { recursive: true }));

function project(at: string, main = MAIN) {
  const own = join(root, at);
  const folder = join(own, "services", "web");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "go.mod"), "module example.com/web\n\ngo 1.22\n");
  writeFileSync(join(folder, "main.go"), main);
  return { root: own, app: "", output: join(own, "cdktf.out") };
}

const service = (made: ReturnType<typeof project>) => serviceNamed(made, "web");

withGo(
  "a program for the function's processor goes in, the same bytes in another folder and another commit",
  async () => {
    const one = project("one");
    const built = await buildArtifact(one, service(one));
    const files = unzipSync(built.bytes);
    expect(Object.keys(files)).toEqual(["bootstrap"]);
    expect(machineOf(files.bootstrap ?? new Uint8Array())).toBe("arm64");
    const other = project("another-folder");
    execFileSync("git", ["init", "-q"], { cwd: other.root });
    execFileSync(
      "git",
      ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x", "--allow-empty"],
      {
        cwd: other.root,
      },
    );
    expect((await buildArtifact(other, service(other))).sha256).toBe(built.sha256);
    // Lambda starts it: it has to be a program in the zip, too.
    const modes = execFileSync(
      "python3",
      [
        "-c",
        "import sys,zipfile;print(oct(zipfile.ZipFile(sys.argv[1]).infolist()[0].external_attr>>16))",
        built.file,
      ],
      { encoding: "utf8" },
    );
    expect(modes.trim()).toBe("0o100755");
    const checked = (event: object) =>
      checkArtifact(one, service(one), built, { event: JSON.stringify(event), seconds: 20 });
    expect(await checked({ a: 1 })).toMatchObject({
      answer: { ok: true, value: { a: 1 } },
      printed: "called",
    });
    expect(await checked({ fails: 1 })).toMatchObject({
      answer: { ok: false, error: { errorType: "Wrong", errorMessage: "it fails" } },
    });
  },
);

withGo("planted fault: what the compiler says is told, and a library is no program", async () => {
  const wrong = project("wrong", "package main\n\nfunc main() { x := 1 }\n");
  await expect(buildArtifact(wrong, service(wrong))).rejects.toThrow(
    /service web does not build[\s\S]*main\.go:3:\d+: declared and not used: x/,
  );
  const library = project("library", "package web\n");
  await expect(buildArtifact(library, service(library))).rejects.toThrow(/\. is no program[\s\S]*"main"/);
});

test("what a program has started ends with it", async () => {
  const program = join(root, "bootstrap");
  // It starts another, and neither answers.
  writeFileSync(program, "#!/bin/sh\nsleep 300 &\necho $! > started\nwait\n", { mode: 0o755 });
  const props = { folder: root, event: "{}", seconds: 1, env: {}, print: () => undefined };
  const { error } = await callCustomRuntime(program, props);
  expect(error?.errorType).toBe("Sandbox.Timedout");
  const started = Number(readFileSync(join(root, "started"), "utf8"));
  // One that has ended and that nobody has taken notice of is a zombie.
  const status = `/proc/${started}/stat`;
  const isRunning = existsSync(status) && !/\) Z /.test(readFileSync(status, "utf8"));
  expect(isRunning).toBe(false);
});
