import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cliConfig, findMirror, providerEnvironment } from "../../../cli/terraform/mirror";
import { temporaryFolder } from "../../temporary-folder";

let place: string;
beforeEach(() => {
  place = temporaryFolder("mirror");
});
afterEach(() => rmSync(place, { recursive: true }));

function provider(folder: string, name: string): void {
  mkdirSync(join(place, folder, "registry.terraform.io", ...name.split("/"), "1.0.0", "linux_amd64"), {
    recursive: true,
  });
}

test("finds a mirror in the place itself and one level below", () => {
  provider("plugins", "hashicorp/aws");
  provider("plugins", "hashicorp/random");

  const providers = ["registry.terraform.io/hashicorp/aws", "registry.terraform.io/hashicorp/random"];
  expect(findMirror([place])).toEqual({ path: join(place, "plugins"), providers });
  expect(findMirror([join(place, "plugins")])).toEqual({ path: join(place, "plugins"), providers });
});

test("a folder without a provider is none, nor is one that is two levels below, nor a plugin cache", () => {
  mkdirSync(join(place, "empty", "registry.terraform.io"), { recursive: true });
  provider("a/b", "hashicorp/aws");
  provider("plugin-cache", "hashicorp/aws");

  expect(findMirror([place, join(place, "missing")])).toBeUndefined();
});

test("the configuration takes exactly what the mirror holds from it, and the rest from the registry", () => {
  const text = cliConfig({ path: "/a mirror", providers: ["registry.terraform.io/hashicorp/aws"] });

  expect(text).toContain('path    = "/a mirror"');
  expect(text.match(/include = \["registry.terraform.io\/hashicorp\/aws"\]/)).not.toBeNull();
  expect(text.match(/exclude = \["registry.terraform.io\/hashicorp\/aws"\]/)).not.toBeNull();
});

test("a configuration that the user names and that exists is left alone", () => {
  const file = join(place, "own.rc");
  writeFileSync(file, "");

  expect(providerEnvironment(join(place, "out", "terraform.rc"), { TF_CLI_CONFIG_FILE: file })).toEqual({});
  expect(existsSync(join(place, "out"))).toBe(false);
});

test("with a mirror it writes a file whole, without one it drops a name that leads nowhere", () => {
  const file = join(place, "out", "terraform.rc");
  const missing = { TF_CLI_CONFIG_FILE: join(place, "missing.rc") };

  expect(providerEnvironment(file, missing, [place])).toEqual({ TF_CLI_CONFIG_FILE: undefined });
  expect(providerEnvironment(file, {}, [place])).toEqual({});

  provider("plugins", "hashicorp/aws");
  expect(providerEnvironment(file, missing, [place])).toEqual({ TF_CLI_CONFIG_FILE: file });
  expect(readFileSync(file, "utf8")).toContain(join(place, "plugins"));
  expect(readdirSync(join(place, "out"))).toEqual(["terraform.rc"]);
});
