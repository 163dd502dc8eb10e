import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfig, readKubeconfig } from "../../../local/cluster/kubeconfig";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
let path: string;

beforeEach(() => {
  folder = temporaryFolder("kubeconfig");
  path = join(folder, "config");
});

const access = { endpoint: "https://127.0.0.1:6443", certificateAuthorityData: "Q0E=" };

test("what is written can be read", () => {
  writeFileSync(path, kubeconfig(access, "groundplan", "secret"));
  expect(readKubeconfig(path)).toEqual({ context: "groundplan", ...access });
});

test("the current context decides, and its authority may be a file beside it", () => {
  writeFileSync(join(folder, "ca.pem"), "CA");
  writeFileSync(
    path,
    `
current-context: second
contexts:
  - { name: first, context: { cluster: a } }
  - { name: second, context: { cluster: b } }
clusters:
  - { name: a, cluster: { server: "https://a" } }
  - { name: b, cluster: { server: "https://b", certificate-authority: ca.pem } }
`,
  );
  expect(readKubeconfig(path)).toEqual({
    context: "second",
    endpoint: "https://b",
    certificateAuthorityData: "Q0E=",
  });
});

test.each([
  ["", "it is empty"],
  ["{", "Flow map must end with a }"],
  ["contexts: []", "it has no current context with a cluster"],
  ["current-context: gone\ncontexts: []\nclusters: []", "it has no current context with a cluster"],
  [
    "current-context: a\ncontexts: [{name: a, context: {cluster: a}}]\nclusters: [{name: a, cluster: {server: x}}]",
    "its cluster a has no certificate-authority-data",
  ],
  [
    "current-context: a\ncontexts: [{name: a, context: {cluster: a}}]\nclusters: [{name: a, cluster: {}}]",
    "its cluster a has no server",
  ],
])("%j is refused: %s", (content, reason) => {
  writeFileSync(path, content);
  expect(() => readKubeconfig(path)).toThrow(reason);
});

test("a file that is not there is refused", () => {
  expect(() => readKubeconfig(path)).toThrow(/cannot be used as a kubeconfig: ENOENT/);
});
