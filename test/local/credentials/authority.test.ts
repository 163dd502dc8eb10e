import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { authorityFile, LocalAuthority } from "../../../local/credentials/authority";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("authority");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("signs certificates for names of this machine, which its own certificate verifies", () => {
  const made = new X509Certificate(
    new LocalAuthority(folder).certificateOf("app.preview.localhost").certificate,
  );
  const authority = new X509Certificate(readFileSync(authorityFile(folder)));
  expect(made.checkIssued(authority)).toBe(true);
  expect(made.verify(authority.publicKey)).toBe(true);
  expect(made.checkHost("app.preview.localhost")).toBe("app.preview.localhost");
  expect(made.checkHost("other.preview.localhost")).toBeUndefined();
  expect(made.ca).toBe(false);
  expect(authority.ca).toBe(true);
});

test("is made once: what trusts it still does after a restart", () => {
  const first = new LocalAuthority(folder);
  const before = readFileSync(authorityFile(folder), "utf8");
  const again = new X509Certificate(new LocalAuthority(folder).certificateOf("a.localhost").certificate);
  expect(readFileSync(authorityFile(folder), "utf8")).toBe(before);
  expect(again.verify(new X509Certificate(before).publicKey)).toBe(true);
  expect(first.certificateOf("").certificate).toContain("BEGIN CERTIFICATE");
  expect(new X509Certificate(first.certificateOf("").certificate).checkIP("127.0.0.1")).toBe("127.0.0.1");
});

test.each(["example.com", "localhost.example.com", "a..localhost", "*.localhost"])(
  "signs nothing for %s",
  (name) => {
    expect(() => new LocalAuthority(folder).certificateOf(name)).toThrow("no name of this machine");
  },
);

test("its key is its owner's alone", () => {
  new LocalAuthority(folder);
  expect(readFileSync(join(folder, "authority.key"), "utf8")).toContain("PRIVATE KEY");
});
