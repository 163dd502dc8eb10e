import { failed } from "../../../../cli/terraform/lock/lock";

/** What Terraform 1.11 prints where the file of TF_CLI_CONFIG_FILE is not there and the registry has no name. */
const WARNED = `There are some problems with the CLI configuration:
╷
│ Warning: Unable to open CLI configuration file
│${" "}
│ The CLI configuration file at "/home/a/.terraformrc" does not exist.
╵

╷
│ Error: Could not retrieve providers for locking
│${" "}
│ Terraform failed to fetch the requested providers for linux_amd64 in order
│ to calculate their checksums: some providers could not be installed:
│ - registry.terraform.io/hashicorp/aws: could not connect to
│ registry.terraform.io: failed to request discovery document.
╵`;

test("a lock that cannot be renewed says the cause, whatever warnings stand before it", () => {
  const { message } = failed(WARNED);
  expect(message).toContain("- registry.terraform.io/hashicorp/aws: could not connect to");
  expect(message).not.toContain("Warning");
});

test("where Terraform prints no error, its last lines are the cause", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const { message } = failed(lines.join("\n"));
  expect(message).toContain("line 19");
  expect(message).not.toContain("line 0\n");
});
