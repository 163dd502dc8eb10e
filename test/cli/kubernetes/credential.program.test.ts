import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KubernetesClient } from "../../../cli/kubernetes/client";
import { temporaryFolder } from "../../temporary-folder";
import { ApiServer } from "../gitops/api-server";

const folder = temporaryFolder("credential");
const PATH = "/api/v1/namespaces/a";

let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start();
  server.objects.set(PATH, { kind: "Namespace" });
});
afterAll(() => server.stop());

/** A program as `aws eks get-token` is: it notes each call, and prints what a file has. */
function program(name: string, answer: object | string): object {
  const [file, calls] = [join(folder, `${name}.json`), join(folder, `${name}.calls`)];
  writeFileSync(file, typeof answer === "string" ? answer : JSON.stringify(answer));
  const script = `printf x >> ${calls}; test "$OWN" = set && cat ${file}`;
  return {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "sh",
      args: ["-c", script],
      env: [{ name: "OWN", value: "set" }],
    },
  };
}

const client = (user: object) => KubernetesClient.of({ kubeconfig: server.kubeconfig(user), env: {} });
const credential = (status: object) => ({
  kind: "ExecCredential",
  apiVersion: "client.authentication.k8s.io/v1",
  status,
});

test("a program is asked once while its token lasts, and again when that is refused or over", async () => {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const lasting = client(
    program("lasting", credential({ token: ApiServer.TOKEN, expirationTimestamp: later })),
  );
  await lasting.get(PATH);
  expect(await lasting.get(PATH)).toEqual({ kind: "Namespace" });
  expect(calls("lasting")).toBe(1);
  server.faults.push(401);
  await lasting.get(PATH);
  expect(calls("lasting")).toBe(2);
  const over = client(
    program("over", credential({ token: ApiServer.TOKEN, expirationTimestamp: new Date().toISOString() })),
  );
  await over.get(PATH);
  await over.get(PATH);
  expect(calls("over")).toBe(2);
});

test("a program that fails, or answers something else, is named without what it printed", async () => {
  const fails = (name: string, answer: object | string) =>
    expect(client(program(name, answer)).get(PATH)).rejects;
  await fails("other", { kind: "List", token: "very-secret" }).toThrow(
    /sh of context test gives no credentials: its answer is no ExecCredential\n.*aws sso login/,
  );
  await fails("text", "very-secret").toThrow(/^(?!.*very-secret).*no ExecCredential/s);
  const missing = { exec: { command: "groundplan-no-such-program" } };
  await expect(client(missing).get(PATH)).rejects.toThrow(/groundplan-no-such-program cannot be run/);
});

test("a token of a file is read anew each time", async () => {
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "old");
  const rotated = client({ tokenFile });
  await expect(rotated.get(PATH)).rejects.toThrow(/401.*log in again/s);
  writeFileSync(tokenFile, `${ApiServer.TOKEN}\n`);
  expect(await rotated.get(PATH)).toEqual({ kind: "Namespace" });
});

function calls(name: string): number {
  return readFileSync(join(folder, `${name}.calls`), "utf8").length;
}
