import { settingsOf } from "../../local/options";

test("the defaults", () => {
  expect(settingsOf({})).toMatchObject({
    port: 4566,
    account: "123456789012",
    region: "us-east-1",
    instances: "entries",
    persist: true,
  });
});

test.each([
  [{ port: 70_000 }, "port 70000"],
  [{ port: 1.5 }, "port 1.5"],
  [{ account: "1234" }, 'account "1234"'],
  [{ region: "Frankfurt" }, 'region "Frankfurt"'],
  [{ instances: "all" as "boot" }, 'instances "all"'],
  [{ standIns: { "github.com": "127.0.0.1:1" } }, 'standIns: "github.com"'],
  [{ standIns: { "github.com:443": "8443" } }, 'lead to "8443"'],
])("planted fault: %j is refused by name", (options, words) => {
  expect(() => settingsOf(options)).toThrow(words);
});
