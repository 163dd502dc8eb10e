import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databaseUser, findPostgres } from "../../../local/hosts/postgres-programs";
import { temporaryFolder } from "../../temporary-folder";

let servers: string;

beforeEach(() => {
  servers = temporaryFolder("servers");
});

afterEach(() => rmSync(servers, { recursive: true, force: true }));

function install(version: string): void {
  mkdirSync(join(servers, version, "bin"), { recursive: true });
  writeFileSync(join(servers, version, "bin", "initdb"), "");
}

test("takes the version that is wanted, else the newest", () => {
  for (const version of ["9", "15", "16"]) install(version);
  mkdirSync(join(servers, "17"));
  expect(findPostgres(15, servers)).toMatchObject({ folder: join(servers, "15", "bin") });
  expect(findPostgres(17, servers)).toMatchObject({ folder: join(servers, "16", "bin") });
});

test("says what to install where there is none", () => {
  expect(findPostgres(17, servers)).toContain("apt-get install --no-install-recommends postgresql");
  expect(findPostgres(17, join(servers, "missing"))).toContain("missing");
});

test("another user than root runs it", () => {
  expect(databaseUser("root:x:0:0::/root:/bin/sh\npostgres:x:105:110::/var:/bin/sh\n")).toEqual({
    uid: 105,
    gid: 110,
  });
  expect(databaseUser("root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/sbin\n")).toEqual({
    uid: 65534,
    gid: 65534,
  });
  expect(databaseUser("")).toEqual({ uid: 65534, gid: 65534 });
});
