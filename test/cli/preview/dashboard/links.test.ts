import { httpsAddress, isRepository, linksOf, logsAddress } from "../../../../cli/preview/dashboard/links";
import { HOSTILE } from "../../report/html/hostile";

test.each(["https://a.example.com/", "https://a.example.com/x?y=z#w"])("%s is linked", (address) => {
  expect(httpsAddress(address)).toBe(address);
});

test.each([
  undefined,
  "javascript:alert(1)",
  "java\nscript:alert(1)",
  "http://a.example.com/",
  "//a.example.com/",
  "data:text/html,x",
  "https://user@a.example.com/",
  "https://:secret@a.example.com/",
  `https://a.example.com/${"x".repeat(500)}`,
  ...HOSTILE,
])("%j is no address", (address) => {
  expect(httpsAddress(address)).toBeUndefined();
});

test.each(["org/app", "a-b/c.d_e"])("%s is a repository", (name) => expect(isRepository(name)).toBe(true));

test.each([
  undefined,
  "",
  "org",
  "org/..",
  "org/.",
  "../app",
  "org/app/pull",
  "o rg/app",
  "org/app?x",
  ...HOSTILE,
])("%j is no repository", (name) => expect(isRepository(name)).toBe(false));

test("logs are linked by the console's own encoding", () => {
  expect(logsAddress("/p/x", "eu-central-1")).toBe(
    "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#logsV2:log-groups/log-group/$252Fp$252Fx",
  );
  for (const bad of ["", "a b", "a'b", "<x>", ...HOSTILE.filter((one) => !/^[\w./#-]+$/.test(one))])
    expect(logsAddress(bad, "eu-central-1")).toBeUndefined();
  for (const bad of [undefined, "", "evil.example/", "us-east-1.evil"])
    expect(logsAddress("/p/x", bad)).toBeUndefined();
});

test("what is no address is left out, and the rest stays", () => {
  const linked = {
    endpoint: "javascript:x",
    logGroup: "<",
    repository: "..",
    pullRequest: 3,
    region: "us-east-1",
  };
  expect(linksOf({ ...linked, runUrl: "https://github.com/o/r/actions/runs/1" })).toEqual([
    { words: "Run", url: "https://github.com/o/r/actions/runs/1" },
  ]);
});
